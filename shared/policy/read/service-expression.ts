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

export function readExpression(node: TextNode, problems: Problems): Service | undefined {
  const parsed = parseServiceExpression(node.value);
  if (parsed === "all" || !("kind" in parsed)) return parsed;
  const meant = parsed.meant ?? nearestTo(node.value, parsed);
  const hint = meant === undefined ? {} : { hint: `did you mean '${meant}'?` };
  problems.add("policy/invalid-service", placeOf(node), parsed.problem, hint);
  return undefined;
}

function nearestTo(text: string, { known = [] }: ServiceProblem): string | undefined {
  // A type's name may be known to the other of both protocols only.
  const [protocol, type] = text.split("/", 2);
  const other = protocol === "icmp" ? `icmpv6/${type}` : `icmp/${type}`;
  const twin = parseServiceExpression(other);
  if (type !== undefined && text.startsWith("icmp") && (twin === "all" || !("kind" in twin))) return other;
  return nearest(text, known);
}
