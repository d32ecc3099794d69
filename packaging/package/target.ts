/** The processors that packages are made for, under the names that everybody has for them. */

export interface Target {
  /** Node's `process.arch`, and npm's name. */
  readonly node: "x64" | "arm64";
  readonly deb: string;
  readonly rpm: string;
  /** GNU's name, before its tools' names. */
  readonly triplet: string;
}

export const TARGETS: readonly Target[] = [
  { node: "x64", deb: "amd64", rpm: "x86_64", triplet: "x86_64-linux-gnu" },
  { node: "arm64", deb: "arm64", rpm: "aarch64", triplet: "aarch64-linux-gnu" },
];
