/** Connections as they begin and end: ctnetlink's events. The hottest path of the agent, which is why it makes one event and nothing else. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ConnectionEvent } from "../events.ts";
import type { Tuple } from "../kernel.ts";
import { AddressTexts } from "./address-texts.ts";
import { AttributeReader } from "./attribute-reader.ts";
import * as ct from "./conntrack-numbers.ts";
import { type Mutable, readProtocol } from "./conntrack-tuple.ts";
import type { Decoder, EventMessage } from "./event-source.ts";

/** sizeof(struct nfgenmsg). */
const HEADER = 4;
const NEW = (ct.NFNL_SUBSYS_CTNETLINK << 8) | ct.IPCTNL_MSG_CT_NEW;
const DELETE = (ct.NFNL_SUBSYS_CTNETLINK << 8) | ct.IPCTNL_MSG_CT_DELETE;

/** One direction of a connection; written over by the next message. */
type Direction = Mutable<Omit<Tuple, "zone">>;

export class ConnectionDecoder implements Decoder<ConnectionEvent> {
  readonly #texts: AddressTexts;
  /** One for each depth, so that no message needs one of its own. */
  readonly #reader: AttributeReader;
  readonly #outer: AttributeReader;
  readonly #inner: AttributeReader;
  readonly #original: Direction = emptyDirection();
  readonly #reply: Direction = emptyDirection();
  #mark = 0;
  #status = 0;
  #zone = 0;
  #flags = 0;
  #packets = 0;
  #bytes = 0;

  constructor(view: DataView) {
    this.#texts = new AddressTexts(view);
    this.#reader = new AttributeReader(view, 0, 0);
    this.#outer = this.#reader.nested();
    this.#inner = this.#outer.nested();
  }

  decode({ type, start, end }: EventMessage, each: (event: ConnectionEvent) => void): void {
    if (type !== NEW && type !== DELETE) return;
    this.#clear();
    this.#read(this.#reader.restart(start + HEADER, end));
    if (this.#original.source === "" || this.#reply.source === "") throw withoutTuple();
    each({
      kind: type === NEW ? "new" : "end",
      flow: this.#flow(),
      replySource: this.#reply.source,
      replyDestination: this.#reply.destination,
      mark: this.#mark,
      replied: (this.#status & ct.IPS_SEEN_REPLY) !== 0,
      // tcp_new() in nf_conntrack_proto_tcp.c gives an entry that begins in mid-stream liberal windows.
      pickedUp: (this.#flags & ct.IP_CT_TCP_FLAG_BE_LIBERAL) !== 0,
      packets: this.#packets,
      bytes: this.#bytes,
    });
  }

  #flow(): Tuple {
    const { source, destination, protocol, sourcePort, service } = this.#original;
    if (this.#zone === 0) return { source, destination, protocol, sourcePort, service };
    return { source, destination, protocol, sourcePort, service, zone: this.#zone };
  }

  #clear(): void {
    clear(this.#original);
    clear(this.#reply);
    this.#mark = 0;
    this.#status = 0;
    this.#zone = 0;
    this.#flags = 0;
    this.#packets = 0;
    this.#bytes = 0;
  }

  #read(reader: AttributeReader): void {
    while (reader.next()) {
      switch (reader.type) {
        case ct.CTA_TUPLE_ORIG:
          this.#readTuple(reader.nestedIn(this.#outer), this.#original);
          break;
        case ct.CTA_TUPLE_REPLY:
          this.#readTuple(reader.nestedIn(this.#outer), this.#reply);
          break;
        case ct.CTA_STATUS:
          this.#status = reader.u32be();
          break;
        case ct.CTA_MARK:
          this.#mark = reader.u32be();
          break;
        case ct.CTA_ZONE:
          this.#zone = reader.u16be();
          break;
        case ct.CTA_PROTOINFO:
          this.#readProtocolState(reader.nestedIn(this.#outer));
          break;
        case ct.CTA_COUNTERS_ORIG:
        case ct.CTA_COUNTERS_REPLY:
          this.#count(reader.nestedIn(this.#outer));
          break;
      }
    }
    reader.finish("a connection");
  }

  #readProtocolState(reader: AttributeReader): void {
    while (reader.next()) {
      if (reader.type !== ct.CTA_PROTOINFO_TCP) continue;
      const tcp = reader.nestedIn(this.#inner);
      while (tcp.next()) if (tcp.type === ct.CTA_PROTOINFO_TCP_FLAGS_ORIGINAL) this.#flags = tcp.u8();
    }
  }

  #count(reader: AttributeReader): void {
    while (reader.next()) {
      if (reader.type === ct.CTA_COUNTERS_PACKETS) this.#packets += reader.u64be();
      else if (reader.type === ct.CTA_COUNTERS_BYTES) this.#bytes += reader.u64be();
    }
  }

  #readTuple(reader: AttributeReader, direction: Direction): void {
    while (reader.next()) {
      if (reader.type === ct.CTA_TUPLE_IP) this.#readAddresses(reader.nestedIn(this.#inner), direction);
      else if (reader.type === ct.CTA_TUPLE_PROTO) readProtocol(reader.nestedIn(this.#inner), direction);
    }
  }

  #readAddresses(reader: AttributeReader, direction: Direction): void {
    while (reader.next()) {
      const { type } = reader;
      if (type < ct.CTA_IP_V4_SRC || type > ct.CTA_IP_V6_DST) continue;
      const length = type <= ct.CTA_IP_V4_DST ? 4 : 16;
      const place = reader.place(length);
      if (place === undefined) return;
      const text = this.#texts.at(place, length);
      if (type === ct.CTA_IP_V4_SRC || type === ct.CTA_IP_V6_SRC) direction.source = text;
      else direction.destination = text;
    }
  }
}

function emptyDirection(): Direction {
  return { source: "", destination: "", protocol: 0, sourcePort: 0, service: 0 };
}

function clear(direction: Direction): void {
  direction.source = "";
  direction.destination = "";
  direction.protocol = 0;
  direction.sourcePort = 0;
  direction.service = 0;
}

function withoutTuple(): BulkheadError {
  return new BulkheadError("kernel/netlink-malformed", "netlink: a connection without its addresses");
}
