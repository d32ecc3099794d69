import { basename } from "node:path";
import { expect, test } from "vitest";
import { isTest, lineOf, readSource, type SourceFile, sourceFile, withoutStrings } from "./source.ts";

const product = readSource("shared", "terminal", "agent", "server", "dashboard/src").filter(
  (file) => !isTest(file.path),
);
const shared = product.filter((file) => file.path.startsWith("shared/"));

interface Ban {
  readonly pattern: RegExp;
  readonly because: string;
}

/** What `shared/` may not name: it runs in Node, in the browser and in a test, and gives the same answer each time. */
const IMPURE: readonly Ban[] = [
  {
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\b|\bTemporal\.Now\b/,
    because: "the clock is a parameter",
  },
  { pattern: /\bMath\.random\b|\bcrypto\b|\brandomUUID\b/, because: "the same question has the same answer" },
  { pattern: /\bconsole\./, because: "what is worth saying is a value that somebody returns" },
  {
    pattern:
      /\bprocess\.(?:argv|cwd|env|exit|hrtime|memoryUsage|nextTick|on|pid|platform|std\w+)\b|\bBuffer\b|\b__dirname\b|\bimport\.meta\b/,
    because: "a browser has no Node",
  },
  {
    pattern: /\bfetch\(|\bsetTimeout\(|\bsetInterval\(|\bsetImmediate\(|\bqueueMicrotask\(|\bWebSocket\b/,
    because: "effects are in agent/ and server/",
  },
  {
    pattern: /\bglobalThis\b|\blocaleCompare\b|\btoLocale\w+\(|\bIntl\./,
    because: "the machine's settings do not change a verdict",
  },
];

const ANYWHERE: readonly Ban[] = [
  { pattern: /^(?:export )?(?:let|var) /m, because: "state has an owner; a module-level variable has none" },
  { pattern: /^export \* /m, because: "a barrel hides where a name comes from" },
  { pattern: /\bshell: true\b/, because: "no text from a policy ever meets a shell" },
  { pattern: /\beval\(|\bnew Function\(/, because: "policy is data" },
];

const VAGUE = /^(?:index|utils?|helpers?|common|manager|misc|types)\.ts$|-(?:utils?|helpers?|manager)\.ts$/;

function banned(files: readonly SourceFile[], bans: readonly Ban[]): string[] {
  return files.flatMap((file) => {
    const code = withoutStrings(file.code);
    return bans.flatMap(({ pattern, because }) => {
      const found = pattern.exec(code);
      return found ? [`${file.path}:${lineOf(code, found.index)}: ${found[0].trim()}: ${because}`] : [];
    });
  });
}

test("shared is pure: no clock, no randomness, no logging, nothing of Node's", () => {
  expect(banned(shared, IMPURE)).toEqual([]);
});

test("no module-level variables, no barrels, no shell", () => {
  expect(banned(product, ANYWHERE)).toEqual([]);
});

test("files are called by what they hold", () => {
  expect(
    product
      .map(({ path }) => path)
      .filter((path) => VAGUE.test(basename(path)) || !/^[a-z0-9-]+(\.test)?\.tsx?$/.test(basename(path))),
  ).toEqual([]);
});

test("what is banned is seen, and its name in a comment or a text is not", () => {
  const file = sourceFile(
    "shared/net/a.ts",
    '// Date.now()\nconst text = "Math.random";\nlet count = Date.now();\nfunction f() {\n  let x;\n}\n',
  );
  expect(banned([file], [...IMPURE, ...ANYWHERE])).toEqual([
    "shared/net/a.ts:3: Date.now(: the clock is a parameter",
    "shared/net/a.ts:3: let: state has an owner; a module-level variable has none",
  ]);
});
