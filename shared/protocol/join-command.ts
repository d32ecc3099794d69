/** What turns a fresh host into a protected one: a line for its shell, or for cloud-init. */

export interface Invitation {
  /** The server's door for agents, `https://HOST:PORT`. */
  readonly url: string;
  /** A join token, which has no character that a shell knows. */
  readonly token: string;
}

/**
 * One line for root's shell, any POSIX one: installs the agent from the host's own package repository, joins, and starts it. `echo` is the shell's own, so
 * that no process list shows the token. It can be run again where a step failed, and is a plain scalar of YAML as it is.
 */
export function joinCommand({ url, token }: Invitation): string {
  return `(apt-get update && apt-get install -y bulkhead-agent || dnf install -y bulkhead-agent) && echo ${token} | bulkhead-agent join ${url} && systemctl restart bulkhead-agent`;
}
