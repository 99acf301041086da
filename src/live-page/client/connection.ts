import { signal } from '@preact/signals';
import {
  type Answers,
  FIRST_QUESTION,
  type HeadNews,
  type PageAnswer,
  type PageQuestion,
  type RunHead,
  type Scene,
} from '../shared/messages.ts';

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 3000;

type QuestionOf<Ask extends keyof Answers> = PageQuestion & { ask: Ask };

/** The WebSocket to the server of the page. It is opened again for as long as the page is open. */
export class PageConnection {
  readonly state = signal<'connecting' | 'open' | 'lost' | 'refused'>('connecting');
  readonly heads = signal<RunHead[]>([]);
  /** Rises each time the connection was opened. */
  readonly opened = signal(0);
  readonly #token: string;
  #socket: WebSocket | null = null;
  #nextId = 0;
  #waitMs = FIRST_WAIT_MS;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: unknown) => void; reject: (error: Error) => void }
  >();

  /** Of the first run, asked for with the connection itself: what a page shows first. */
  #firstScene: Promise<Scene> | null = null;

  constructor(token: string) {
    this.#token = token;
    const { id, answer } = this.#awaited<Scene>();
    this.#firstScene = answer;
    // It is asked for again.
    answer.catch(() => {});
    this.#open({ id, run: 0, ask: 'scene' });
  }

  /** Where a run takes place, as far as it is known at once. */
  async scene(run: number): Promise<Scene> {
    const first = run === 0 ? this.#firstScene : null;
    if (run === 0) this.#firstScene = null;
    const ask = () => this.ask(run, { ask: 'scene' });
    return first?.catch(ask) ?? ask();
  }

  /** Rejects with what the server says, or when the connection is lost. */
  ask<Ask extends keyof Answers>(run: number, question: QuestionOf<Ask>): Promise<Answers[Ask]> {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Error('there is no connection'));
    }
    const { id, answer } = this.#awaited<Answers[Ask]>();
    this.#socket.send(JSON.stringify({ id, run, ...question }));
    return answer;
  }

  #awaited<Answer>(): { id: number; answer: Promise<Answer> } {
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
    });
    return { id, answer };
  }

  #open(first?: object): void {
    const address = new URL(`ws://${location.host}/`);
    if (first !== undefined) address.searchParams.set(FIRST_QUESTION, JSON.stringify(first));
    const socket = new WebSocket(address, ['edgemlsim', `token.${this.#token}`]);
    this.#socket = socket;
    let wasOpen = false;
    socket.addEventListener('open', () => {
      wasOpen = true;
      this.#waitMs = FIRST_WAIT_MS;
      this.state.value = 'open';
      this.opened.value += 1;
    });
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
    socket.addEventListener('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the connection is lost'));
      this.#waiting.clear();
      if (wasOpen || this.state.value === 'lost' || this.opened.value > 0)
        this.state.value = 'lost';
      else this.state.value = 'refused';
      setTimeout(() => this.#open(), this.#waitMs);
      this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 1.5);
    });
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as PageAnswer | HeadNews;
    if ('heads' in message) {
      this.heads.value = message.heads;
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.ok);
  }
}
