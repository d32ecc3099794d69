import type { Element } from "./ruleset.ts";

/** Equal for elements that are the same to the kernel. */
export function renderElementKey(element: Element): string {
  switch (element.kind) {
    case "address":
      return element.address;
    case "block":
      return element.block;
    case "cgroup":
      return element.id;
    case "uid":
      return String(element.uid);
    case "timer":
      return String(element.seconds);
  }
}
