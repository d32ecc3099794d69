import { z } from "zod";
import { PolicyShape } from "./shapes.ts";

/** JSON Schema (2020-12) of one policy file, for editors; generated from the shapes that the reader goes by. */
export function policyJsonSchema(): object {
  return z.toJSONSchema(PolicyShape, { target: "draft-2020-12", io: "input" });
}
