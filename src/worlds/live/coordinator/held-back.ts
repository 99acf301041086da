/** How much waits in the journal for the facts of an earlier event, in bytes. */
export class HeldBack {
  #events: { n: number; bytes: number }[] = [];
  #bytes = 0;

  /** An event that waits, or is waited for. */
  add(n: number, bytes: number): void {
    this.#events.push({ n, bytes });
    this.#bytes += bytes;
  }

  /** The first event that waits now has that number. */
  writtenBefore(n: number): void {
    let written = 0;
    for (const event of this.#events) {
      if (event.n >= n) break;
      this.#bytes -= event.bytes;
      written += 1;
    }
    if (written > 0) this.#events.splice(0, written);
  }

  get bytes(): number {
    return this.#bytes;
  }
}
