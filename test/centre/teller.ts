/** A host that has joined, and says of flows what it is told to. */

import type { ApiClient } from "@bulkhead/server/client/api-client.ts";
import { BUCKET_MILLISECONDS, type FlowRecord } from "@bulkhead/shared/flow/record.ts";
import { join } from "../../agent/link/join.ts";
import { Talker } from "./gateway-stand.ts";

export class Teller implements Disposable {
  readonly name: string;
  readonly address: string;
  readonly #talker: Talker;
  #told = 0;

  private constructor(talker: Talker, name: string, address: string) {
    this.#talker = talker;
    this.name = name;
    this.address = address;
  }

  static async join(
    client: ApiClient,
    name: string,
    address: string,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<Teller> {
    const { token, url } = await client.post<{ token: string; url: string }>("/api/v1/join-tokens", {
      ...{ labels, addresses: [address], uses: 1, expiresInSeconds: 3_600 },
    });
    const { identity } = await join({ url, token, name, addresses: [address] });
    const talker = await Talker.open(url, identity);
    talker.hello([address]);
    await talker.until("welcome");
    return new Teller(talker, name, address);
  }

  /** One record of this host, as it says: of now, and of the database's port, unless it says something else. */
  record(fields: Partial<FlowRecord> & Pick<FlowRecord, "direction" | "remote">): FlowRecord {
    const now = fields.start ?? Date.now();
    return {
      bucket: now - (now % BUCKET_MILLISECONDS),
      ...{ start: now, end: now, verdict: "allow", local: { address: this.address }, rule: null },
      ...{ protocol: 6, service: 5432, connections: 1, packets: 2, bytes: 120, ended: 0, lasted: 0 },
      ...fields,
    };
  }

  /** Until the server has acknowledged it. */
  async tell(records: readonly FlowRecord[]): Promise<void> {
    const upTo = ++this.#told;
    this.#talker.say({ type: "flows", upTo, records, losses: [] });
    await this.#talker.until("acknowledge", upTo - 1);
  }

  [Symbol.dispose](): void {
    this.#talker.close();
  }
}
