/** Things that come, taken one by one. */
export class Inbox<T> {
  #things: T[] = [];
  #takers: ((thing: T) => void)[] = [];

  get size(): number {
    return this.#things.length;
  }

  put(thing: T): void {
    const taker = this.#takers.shift();
    if (taker) taker(thing);
    else this.#things.push(thing);
  }

  take(): Promise<T> {
    if (this.#things.length > 0) return Promise.resolve(this.#things.shift()!);
    return new Promise((resolve) => this.#takers.push(resolve));
  }
}
