import { expect, test } from "vitest";
import { tableDifferences } from "./drift.ts";

const loaded = `table inet bulkhead {
	set web_4 {
		type ipv4_addr
		elements = { 10.0.0.1, 10.0.0.2,
			     10.0.0.3 }
	}

	chain input {
		type filter hook input priority filter + 10; policy drop;
		jump current
		goto ingress
	}
}
`;

test("equal texts do not differ", () => {
  expect(tableDifferences(loaded, loaded)).toEqual([]);
});

test("a rule that was put in is shown with its chain", () => {
  expect(tableDifferences(loaded, loaded.replace("\t\tgoto", "\t\taccept\n\t\tgoto"))).toEqual([
    { object: "chain input", lines: ["+ accept"] },
  ]);
});

test("members are compared one by one, however nft breaks their lines", () => {
  const changed = loaded.replace("10.0.0.2,\n\t\t\t     10.0.0.3", "10.0.0.3, 10.0.0.9");
  expect(tableDifferences(loaded, changed)).toEqual([
    { object: "set web_4", lines: ["- 10.0.0.2", "+ 10.0.0.9"] },
  ]);
});

test("a chain that is gone or new, and a policy that is another, are shown", () => {
  const changed = loaded
    .replace("policy drop", "policy accept")
    .replace(/}\n$/, "\n\tchain mine {\n\t\taccept\n\t}\n}\n");
  expect(tableDifferences(loaded, changed)).toEqual([
    {
      object: "chain input",
      lines: [
        "- type filter hook input priority filter + 10; policy drop;",
        "+ type filter hook input priority filter + 10; policy accept;",
      ],
    },
    { object: "chain mine", lines: ["+ accept"] },
  ]);
});

test("the same rules in another order differ", () => {
  const swapped = loaded.replace(
    "\t\tjump current\n\t\tgoto ingress\n",
    "\t\tgoto ingress\n\t\tjump current\n",
  );
  expect(tableDifferences(loaded, swapped)).toEqual([
    { object: "chain input", lines: ["~ the same rules in another order"] },
  ]);
});
