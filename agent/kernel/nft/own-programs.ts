/** Which commits are our own: those of this process, and of the nft processes that it has started lately. */

/** The kernel tells of a commit within milliseconds; a pid comes round again after thousands. */
const REMEMBERED = 256;

export class OwnPrograms {
  readonly #pids = new Set<number>([process.pid]);

  add(pid: number): void {
    this.#pids.delete(pid);
    this.#pids.add(pid);
    if (this.#pids.size <= REMEMBERED) return;
    const oldest = this.#pids.values().find((known) => known !== process.pid);
    if (oldest !== undefined) this.#pids.delete(oldest);
  }

  has(pid: number): boolean {
    return this.#pids.has(pid);
  }
}
