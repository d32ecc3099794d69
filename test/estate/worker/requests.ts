/** What a host's worker can be asked: one JSON object a line in, one a line out. Shared by the worker and by whoever asks it. */

export type Outcome =
  /** The other end answered: a handshake, an echo, an echo reply. */
  | "connected"
  /** A reset, or port unreachable: nothing listens there, or a firewall on the way out said no to TCP. */
  | "refused"
  /** Nothing came back in time. */
  | "timeout"
  /** An ICMP "administratively prohibited", or the kernel refused to send at all. */
  | "prohibited"
  /** No route, or no answer to address resolution. */
  | "unreachable";

export type Protocol = "tcp" | "udp" | "icmp";

/** What a listener does with its callers: answers with what they send, only counts it, or speaks by itself and never asks. */
export type Answer = "echo" | "sink" | "push";

/** What a session's client does: sends and counts the answers, only sends, or only listens after its first word. */
export type Talk = "ask" | "tell" | "hear";

export interface ListenRequest {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** Canonical addresses to bind to, one socket each. */
  readonly addresses: readonly string[];
  readonly answer: Answer;
  /** Milliseconds between two words of a `push` listener. */
  readonly every: number;
  /** Messages in one word of a TCP `push` listener: many make full segments. */
  readonly burst: number;
}

export interface Probe {
  readonly protocol: Protocol;
  readonly source: string;
  /** 0 lets the kernel choose. */
  readonly sourcePort: number;
  readonly destination: string;
  /** The destination port; without meaning for ICMP, which sends an echo request. */
  readonly port: number;
  /** Milliseconds until the outcome is `timeout`. */
  readonly timeout: number;
}

export interface OpenRequest extends Probe {
  readonly protocol: "tcp" | "udp";
  readonly talk: Talk;
  /** Milliseconds between two messages. */
  readonly every: number;
}

/** Messages that passed one end. */
export interface Traffic {
  readonly sent: number;
  readonly received: number;
  /** Messages that were not received although later ones were; always 0 for TCP. */
  readonly lost: number;
  /** Why the conversation is over, such as `ECONNRESET` or `closed`; null while it is open. */
  readonly ended: string | null;
}

/** Waits until a count has grown by `by`; the answer says whether it did within `timeout` milliseconds. */
export interface GrowthRequest {
  readonly id: number;
  readonly by: number;
  readonly timeout: number;
  /** Only what this caller ("address:port") sends. */
  readonly caller?: string;
}

/** One packet, written whole by the asker. */
export interface TransmitRequest {
  /** An IPv4 or IPv6 packet with its header, base64; the route to `destination` is the kernel's choice. */
  readonly packet: string;
  readonly destination: string;
}

export interface Verbs {
  readonly listen: { readonly ask: ListenRequest; readonly answer: { readonly id: number } };
  /** Per caller ("address:port") what the listener received and sent. */
  readonly heard: {
    readonly ask: { readonly id: number };
    readonly answer: Readonly<Record<string, Traffic>>;
  };
  /** Waits for what the listener received, from one caller or from all together. */
  readonly heardMore: { readonly ask: GrowthRequest; readonly answer: boolean };
  readonly unlisten: { readonly ask: { readonly id: number }; readonly answer: null };
  readonly probe: {
    readonly ask: { readonly probes: readonly Probe[] };
    readonly answer: readonly Outcome[];
  };
  readonly open: {
    readonly ask: OpenRequest;
    readonly answer: { readonly id: number; readonly localPort: number };
  };
  readonly traffic: { readonly ask: { readonly id: number }; readonly answer: Traffic };
  /** Waits for what the session received. */
  readonly receivedMore: { readonly ask: GrowthRequest; readonly answer: boolean };
  /** Stops sending but keeps listening, so that what is under way can arrive. */
  readonly pause: { readonly ask: { readonly id: number }; readonly answer: null };
  readonly close: { readonly ask: { readonly id: number }; readonly answer: null };
  /** `sent`, or the error's name (`EPERM` where the host's own firewall refused). */
  readonly transmit: {
    readonly ask: { readonly packets: readonly TransmitRequest[] };
    readonly answer: readonly string[];
  };
  /** Makes conntrack forget all flows of the host. */
  readonly forgetFlows: { readonly ask: Record<string, never>; readonly answer: null };
  /** Answers when all that arrived before has been handled. */
  readonly fence: { readonly ask: Record<string, never>; readonly answer: null };
}

export type Verb = keyof Verbs;

/** A verb without an executor does not compile. */
export type Executors = {
  readonly [V in Verb]: (ask: Verbs[V]["ask"]) => Verbs[V]["answer"] | Promise<Verbs[V]["answer"]>;
};

export interface Question {
  readonly number: number;
  readonly verb: Verb;
  readonly ask: unknown;
}

export type Reply =
  | { readonly number: number; readonly answer: unknown }
  | { readonly number: number; readonly failed: string };
