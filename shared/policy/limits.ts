/**
 * How large a policy may be. Everything is refused before it is worked on, so that a broken or hostile file costs bounded time and
 * memory. An estate that needs more needs another shape (segments instead of hosts, blocks instead of addresses).
 */
export const LIMITS = {
  /** Bytes of one file, and of all files together. */
  fileBytes: 4 * 1024 * 1024,
  totalBytes: 16 * 1024 * 1024,
  files: 1_000,
  /** Folders inside folders, and entries looked at in all of them. */
  folderDepth: 16,
  folderEntries: 100_000,
  /** Words, brackets, commas, spaces and the like in one file: the YAML library keeps some 300 bytes for each while it reads. */
  lexemes: 2_000_000,
  /** Lists and maps inside one another; the language itself needs 6. */
  nesting: 32,
  /** Values that aliases stand for, in all files. */
  aliasedValues: 100_000,
  segments: 10_000,
  services: 10_000,
  hosts: 100_000,
  rules: 50_000,
  tests: 50_000,
  invariants: 1_000,
  /** Addresses, blocks and ranges of all hosts and segments. */
  addresses: 500_000,
  /** Endpoints of all rules, services of all tests, ends of all invariants. */
  endpoints: 500_000,
  testedServices: 500_000,
  invariantEnds: 10_000,
  /** Characters of a name or a label; and of every other text. */
  nameLength: 128,
  textLength: 4_096,
  /** Port ranges and types that one service comes to, and those of all rules. */
  serviceParts: 1_000,
  ruleParts: 1_000_000,
  /** Services inside services. */
  serviceDepth: 100,
  /** Known names that unknown ones are compared with, over all problems. */
  suggestions: 2_000_000,
  /** Problems that are shown. */
  problems: 1_000,
  /** Faults in the syntax of one file that are shown; what follows the first few is mostly their echo. */
  syntaxProblems: 10,
} as const;

/** `4194304` as `4,194,304`, so that people can compare numbers. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
