/** Packets that a log statement copied: NFLOG's messages. */

import type { LoggedPacket } from "../events.ts";
import { AddressTexts } from "./address-texts.ts";
import { AttributeReader } from "./attribute-reader.ts";
import type { Decoder, EventMessage } from "./event-source.ts";
import { readIpPacket } from "./ip-packet.ts";
import * as log from "./nflog-numbers.ts";

/** sizeof(struct nfgenmsg); offset of the hook in struct nfulnl_msg_packet_hdr, and its size. */
const HEADER = 4;
const HOOK = 2;
const PACKET_HEADER = 4;
const PACKET = (log.NFNL_SUBSYS_ULOG << 8) | log.NFULNL_MSG_PACKET;

const HOOKS: Readonly<Record<number, LoggedPacket["hook"]>> = {
  [log.NF_INET_LOCAL_IN]: "input",
  [log.NF_INET_LOCAL_OUT]: "output",
};

export class PacketDecoder implements Decoder<LoggedPacket> {
  readonly #reader: AttributeReader;
  readonly #texts: AddressTexts;
  /** The number that the kernel gives the next packet. */
  #expected: number | undefined;
  #missed = 0;
  /** Losses told of already, before the packets' numbers could show how many they were. */
  #announced = 0;

  constructor(view: DataView) {
    this.#reader = new AttributeReader(view, 0, 0);
    this.#texts = new AddressTexts(view);
  }

  decode({ view, type, start, end }: EventMessage, each: (packet: LoggedPacket) => void): void {
    if (type !== PACKET) return;
    const reader = this.#reader.restart(start + HEADER, end);
    let prefix = "";
    let payload = { start: 0, end: 0 };
    let uid: number | undefined;
    let hook: LoggedPacket["hook"] = "other";
    let sequence: number | undefined;
    while (reader.next()) {
      switch (reader.type) {
        case log.NFULA_PACKET_HDR: {
          const place = reader.place(PACKET_HEADER);
          if (place !== undefined) hook = HOOKS[view.getUint8(place + HOOK)] ?? "other";
          break;
        }
        case log.NFULA_PAYLOAD:
          payload = { start: reader.start, end: reader.start + reader.length };
          break;
        case log.NFULA_PREFIX:
          prefix = reader.text();
          break;
        case log.NFULA_UID:
          uid = reader.u32be();
          break;
        case log.NFULA_SEQ:
          sequence = reader.u32be();
          break;
      }
    }
    reader.finish("a logged packet");
    if (sequence !== undefined) this.#follow(sequence);
    // On its way in, a packet may already bear the socket that it is going to: that is not who sent it.
    each({
      prefix,
      ...readIpPacket(view, payload, this.#texts),
      uid: hook === "output" ? uid : undefined,
      hook,
    });
  }

  /** A datagram holds many packets: one loss at least, until their numbers tell. */
  dropped(datagrams: number): number {
    this.#announced += datagrams;
    return datagrams;
  }

  missed(): number {
    const missed = this.#missed;
    this.#missed = 0;
    return missed;
  }

  #follow(sequence: number): void {
    const gap = this.#expected === undefined ? 0 : (sequence - this.#expected) >>> 0;
    this.#expected = (sequence + 1) >>> 0;
    if (gap === 0) return;
    this.#missed += Math.max(0, gap - this.#announced);
    this.#announced = Math.max(0, this.#announced - gap);
  }
}
