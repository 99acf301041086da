// Ten clients that follow a run as pages do, as long as standard input is open; then prints how many lines they got.
// A process of its own with the lowest priority: pages do their work on other machines.
import { constants, setPriority } from 'node:os';
import { WebSocket } from 'ws';

const CLIENTS = 10;
const LINES_AT_ONCE = 3000;
const SERIES_EVERY_MS = 1000;
const NEWS = '{"heads"';
/** Of an answer with lines: enough for the number of the next one. */
const TAIL_BYTES = 32;

/** Asks for all lines as they come, and for the charts each second, as a page does that follows a run. */
class Follower {
  lines = 0;
  readonly #socket: WebSocket;
  readonly #timer: NodeJS.Timeout;
  #next = 0;
  #head = 0;
  #asked = 0;
  #isAsking = false;

  constructor(url: string) {
    const { host, hash } = new URL(url);
    const token = new URLSearchParams(hash.slice(1)).get('token');
    this.#socket = new WebSocket(`ws://${host}/`, ['edgemlsim', `token.${token}`]);
    this.#socket.on('message', (data) => this.#receive(data as Buffer));
    this.#socket.on('error', () => {});
    this.#timer = setInterval(() => this.#ask({ ask: 'series' }), SERIES_EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.terminate();
  }

  /** Answers are not read, but for how far they go: a page's own work is done on another machine. */
  #receive(message: Buffer): void {
    const tail = message.toString('latin1', Math.max(0, message.length - TAIL_BYTES));
    const lines = /"next":(\d+)\}\}$/.exec(tail);
    if (message.toString('latin1', 0, NEWS.length) === NEWS) {
      this.#head = JSON.parse(message.toString()).heads[0].next;
    } else if (lines) {
      const next = Number(lines[1]);
      this.lines += next - this.#next;
      this.#next = next;
      this.#isAsking = false;
    }
    if (this.#isAsking || this.#next >= this.#head) return;
    this.#isAsking = true;
    this.#ask({ ask: 'lines', from: this.#next, limit: LINES_AT_ONCE });
  }

  #ask(question: object): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify({ id: this.#asked, run: 0, ...question }));
    this.#asked += 1;
  }
}

setPriority(constants.priority.PRIORITY_LOW);
const clients = Array.from({ length: CLIENTS }, () => new Follower(process.argv[2]!));
process.stdin.resume().on('end', () => {
  for (const client of clients) client.close();
  process.stdout.write(`${clients.reduce((sum, { lines }) => sum + lines, 0)}\n`);
});
