/** How a server is started, and what is told once it runs. */

export interface ServeOptions {
  readonly dataDirectory: string;
  /** Where the API and the dashboard are; port 0 takes any. */
  readonly api: { readonly host: string; readonly port: number };
  readonly agents: { readonly host: string; readonly port: number };
  /** Names and addresses by which the server is reached, beside those of this machine; the first one is printed. */
  readonly names: readonly string[];
  /** Where the dashboard was built to. */
  readonly dashboard: string;
  /** The file of the programs that alerts may be given to. */
  readonly commands: string | undefined;
  readonly logLevel: string;
  readonly version: string;
}

/** What an operator needs to go on. */
export interface Running {
  readonly apiUrl: string;
  readonly agentsUrl: string;
  readonly fingerprint: string;
  /** Makes a link that signs in once, within the hour; undefined where an administrator has another way to, or somebody has disabled the first one's account. */
  readonly signIn: () => string | undefined;
  /** Whether nothing was there before. */
  readonly isNew: boolean;
  readonly hosts: number;
  readonly hasDashboard: boolean;
}
