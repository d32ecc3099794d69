/** The names by which a process is known: its systemd unit and its account. */

/** The kinds of units that have processes (systemd.unit(5), systemd.resource-control(5)). */
const KINDS = ["service", "scope", "slice", "socket", "mount", "swap"];

/** Why a text is no unit, with what was probably meant. Characters and length as in systemd.unit(5). */
export function unitFault(text: string): { readonly problem: string; readonly meant?: string } | undefined {
  if (!/^[A-Za-z0-9:_.\\@-]{1,255}$/.test(text) || /^[.@]/.test(text))
    return { problem: "is no name of a systemd unit" };
  const kind = /\.([a-z]+)$/.exec(text)?.[1];
  if (
    kind === undefined ||
    !/^(?:service|scope|slice|socket|mount|swap|target|timer|path|device|automount)$/.test(kind)
  )
    return { problem: `lacks its kind, expected one of .${KINDS.join(", .")}`, meant: `${text}.service` };
  if (!KINDS.includes(kind)) return { problem: `is a ${kind}, which has no processes` };
  if (text.includes("@.")) return { problem: "is a template, which never runs itself, expected an instance" };
  return undefined;
}

/** Why a text is no account's name. Numbers alone are refused: they would be taken for a uid by some and for a name by others. */
export function userFault(text: string): string | undefined {
  if (/^\d+$/.test(text)) return "is a number";
  return /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,254}\$?$/.test(text)
    ? undefined
    : "has characters that no account's name has";
}
