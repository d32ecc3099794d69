import { PROTOCOLS, parseServiceExpression, type Service, type ServiceProblem } from "../../net/service.ts";
import { nearest } from "../suggest.ts";
import type { Problems } from "../text/problems.ts";
import { placeOf } from "../text/tree.ts";
import type { TextNode } from "./values.ts";

/** Expressions, whole or begun, that have no slash; no service may be called so. */
export const PROTOCOL_WORDS: ReadonlySet<string> = new Set(["all", "proto", ...Object.keys(PROTOCOLS)]);

/** Whether a text is meant as an expression, well-formed or not, and not as a service's name. */
export function isExpression(text: string): boolean {
  return text.includes("/") || PROTOCOL_WORDS.has(text);
}

/** A number alone is almost always a TCP port. */
export function portAlone(number: string): string | undefined {
  return isComplete(`tcp/${number}`) ? `tcp/${number}` : undefined;
}

export function readExpression(node: TextNode, problems: Problems): Service | undefined {
  const parsed = parseServiceExpression(node.value);
  if (parsed === "all" || !("kind" in parsed)) return parsed;
  const meant = parsed.meant ?? nearestTo(node.value, parsed);
  const hint = meant === undefined ? {} : { hint: `did you mean '${meant}'?` };
  problems.add("policy/invalid-service", placeOf(node), parsed.problem, hint);
  return undefined;
}

function nearestTo(text: string, { known = [] }: ServiceProblem): string | undefined {
  // A type's name may be one of the other of both protocols, or have been cut.
  const [protocol, type] = text.split("/", 2);
  const twin = protocol === "icmp" ? `icmpv6/${type}` : `icmp/${type}`;
  if (type !== undefined && text.startsWith("icmp") && isComplete(twin)) return twin;
  return nearest(text, known) ?? known.findLast((one) => one.startsWith(`${text}-`));
}

function isComplete(expression: string): boolean {
  const parsed = parseServiceExpression(expression);
  return parsed === "all" || !("kind" in parsed);
}
