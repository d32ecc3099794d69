/** Which sender a receiver has. */

import type { Origin } from "../formats/origin.ts";
import type { KnownCommands } from "../known-commands.ts";
import type { ReceiverSecrets, Target } from "../receiver.ts";
import type { Turns } from "../turns.ts";
import { Command } from "./command.ts";
import { OtlpLogs } from "./otlp-logs.ts";
import type { Sender } from "./sender.ts";
import { SyslogDatagrams } from "./syslog-datagrams.ts";
import { SyslogStream } from "./syslog-stream.ts";
import { Webhook } from "./webhook.ts";

export interface SendersParts {
  readonly origin: Origin;
  readonly commands: KnownCommands;
  /** Of commands. */
  readonly turns: Turns;
  readonly now: () => number;
}

export function senderFor(target: Target, secrets: ReceiverSecrets, parts: SendersParts): Sender {
  const { origin, commands, turns, now } = parts;
  switch (target.kind) {
    case "webhook":
      return new Webhook({ target, secrets, origin, now });
    case "otlp":
      return new OtlpLogs({ target, secrets, origin, now });
    case "syslog":
      return target.transport === "udp"
        ? new SyslogDatagrams(target, origin)
        : new SyslogStream({ target, secrets, origin });
    case "command": {
      const { command: name, format } = target;
      return new Command({ command: commands.get(name), name, format, origin, turns });
    }
  }
}
