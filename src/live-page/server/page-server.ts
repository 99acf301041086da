import { timingSafeEqual } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import { InputError, RunError } from '../../errors.ts';
import { PendingConnections } from '../../transport/pending-connections.ts';
import { FIRST_QUESTION, type HeadNews } from '../shared/messages.ts';
import { newPageToken } from './page-address.ts';
import { readQuestion } from './read-question.ts';
import type { ServedRun } from './served-run.ts';

/** The page as vite has built it. */
const PAGE = new URL('../page/', import.meta.url);
const LOOK_EVERY_MS = 250;
/** A page that has so much unread gets no news until it has read it. */
const MOST_UNREAD_BYTES = 1 << 20;
const MOST_WAITING_QUESTIONS = 64;
const LONGEST_QUESTION_BYTES = 1 << 14;
const PROTOCOL = 'edgemlsim';
/**
 * Connections that have not shown the token: a page opens a handful. Beyond it the oldest is closed, since each takes
 * a file descriptor, without which the runs cannot be read.
 */
const MOST_PENDING = 100;

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

interface Listening {
  host: string;
  port: number;
  /** A new one when absent. */
  token?: string;
}

/**
 * Serves the page about some runs. Only those who know the token, which stands behind the # of the
 * URL, get to know anything of the runs; requests by other hosts' pages are refused.
 */
export class PageServer {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #runs: readonly ServedRun[];
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;
  #news = '';

  /** Throws RunError where it cannot listen. */
  static async open(
    runs: readonly ServedRun[],
    { host, port, token = newPageToken() }: Listening,
  ): Promise<PageServer> {
    const files = pageFiles();
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      const refuse = ({ code, message }: NodeJS.ErrnoException) => {
        const advice = code === 'EADDRINUSE' ? '; take another --port, or none for a free one' : '';
        reject(new RunError(`cannot listen on ${host}:${port}: ${message}${advice}`));
      };
      server.once('error', refuse).listen(port, host, resolve);
    });
    return new PageServer(server, files, runs, host, token);
  }

  private constructor(
    server: Server,
    files: ReadonlyMap<string, PageFile>,
    runs: readonly ServedRun[],
    host: string,
    token: string,
  ) {
    this.#server = server;
    this.#runs = runs;
    const { port } = server.address() as { port: number };
    const names = hostNames(host, port);
    this.port = port;
    this.token = token;
    this.url = `http://${names[0]}/#token=${token}`;
    const pending = new PendingConnections(MOST_PENDING);
    server.on('connection', (socket: Socket) => pending.arrived(socket));
    server.on('request', (request, response) => answerFile(request, response, files, names));
    this.#sockets = new WebSocketServer({
      ...{ noServer: true, maxPayload: LONGEST_QUESTION_BYTES, perMessageDeflate: false },
      handleProtocols: () => PROTOCOL,
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on('error', () => {});
      if (!isOwn(request, names) || !hasToken(request, token)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      pending.known(`${socket.remoteAddress}:${socket.remotePort}`);
      this.#sockets.handleUpgrade(request, socket, head, (page) =>
        this.#welcome(page, firstQuestion(request)),
      );
    });
    this.#timer = setInterval(() => {
      void this.#look();
      // Also of a journal that takes long to read.
      this.#sendNews();
    }, LOOK_EVERY_MS);
    void this.#look();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const page of this.#sockets.clients) page.terminate();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    await Promise.all(this.#runs.map((run) => run.close()));
  }

  /** Of a page that asks more than it reads, the connection is closed. */
  #welcome(page: WebSocket, first: string | null): void {
    let waiting = 0;
    const receive = async (text: string) => {
      const question = readQuestion(text);
      if (question === null || waiting >= MOST_WAITING_QUESTIONS) {
        page.close(1008, question === null ? 'no known question' : 'too many questions');
        return;
      }
      waiting += 1;
      const answer = await this.#answer(question.run, question);
      const head = Buffer.from(`{"id":${question.id},`);
      const message = Buffer.concat([head, answer, Buffer.from('}')]);
      page.send(message, { binary: false }, () => {
        waiting -= 1;
      });
    };
    page.on('error', () => {});
    page.on('message', (data) => receive(data.toString()));
    page.send(this.#newsNow());
    if (first !== null) void receive(first);
  }

  async #answer(run: number, question: NonNullable<ReturnType<typeof readQuestion>>) {
    try {
      const served = this.#runs[run];
      if (served === undefined) throw new RunError(`there is no run ${run}`);
      return Buffer.concat([Buffer.from('"ok":'), await served.answer(question)]);
    } catch (error) {
      return Buffer.from(`"error":${JSON.stringify((error as Error).message)}`);
    }
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const run of this.#runs) await run.refresh();
    } finally {
      this.#isLooking = false;
    }
    this.#sendNews();
  }

  #sendNews(): void {
    const news = this.#newsNow();
    if (news === this.#news) return;
    this.#news = news;
    for (const page of this.#sockets.clients) {
      if (page.bufferedAmount < MOST_UNREAD_BYTES) page.send(news);
    }
  }

  #newsNow(): string {
    const news: HeadNews = { heads: this.#runs.map((run) => run.head()) };
    return JSON.stringify(news);
  }
}

interface PageFile {
  type: string;
  bytes: Buffer;
}

/** By path. Nothing else on the disk is ever read for a request. */
function pageFiles(): Map<string, PageFile> {
  if (!existsSync(new URL('index.html', PAGE))) {
    throw new InputError({
      place: { file: fileURLToPath(PAGE) },
      found: 'the page has not been built',
      advice: ['`npm run build` builds it'],
    });
  }
  const names = readdirSync(PAGE, { recursive: true, encoding: 'utf8' });
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const type = TYPES[name.split('.').at(-1)!];
    if (type === undefined) continue;
    files.set(`/${name}`, { type, bytes: readFileSync(new URL(name, PAGE)) });
  }
  files.set('/', files.get('/index.html')!);
  return files;
}

function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, PageFile>,
  names: readonly string[],
): void {
  const path = (request.url ?? '').split('?')[0]!;
  const file = files.get(path);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const refused = !isOwn(request, names) ? 403 : !isRead ? 405 : file === undefined ? 404 : null;
  if (refused !== null || file === undefined) {
    response.writeHead(refused ?? 404, { 'content-type': 'text/plain' }).end();
    return;
  }
  const sockets = names
    .filter((name) => !name.startsWith('['))
    .map((name) => `ws://${name}`)
    .join(' ');
  response.writeHead(200, {
    'content-type': file.type,
    'content-length': file.bytes.length,
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' ${sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}

/** Host names with the port by which this server may be asked; the first is for its URL. */
function hostNames(host: string, port: number): string[] {
  const own = ['127.0.0.1', 'localhost', '[::1]'];
  const isAny = host === '0.0.0.0' || host === '::';
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const others = isAny
    ? [
        hostname(),
        ...addresses.map(({ address }) => (address.includes(':') ? `[${address}]` : address)),
      ]
    : [host.includes(':') ? `[${host}]` : host];
  const names = own.includes(host) ? own : [...others, ...own];
  return [...new Set(names)].map((name) => `${name}:${port}`.toLowerCase());
}

/** Asked by a name of this server, and not by a page of another one. */
function isOwn({ headers }: IncomingMessage, names: readonly string[]): boolean {
  const { host = '', origin } = headers;
  if (!names.includes(host.toLowerCase())) return false;
  return origin === undefined || names.some((name) => origin.toLowerCase() === `http://${name}`);
}

/** One that a page asks with its connection, a round trip sooner. */
function firstQuestion({ url = '' }: IncomingMessage): string | null {
  // An address need be none that URL takes.
  const [, query = ''] = url.split('?');
  return new URLSearchParams(query).get(FIRST_QUESTION);
}

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  const given = Buffer.from(offered.find((each) => each.startsWith('token.'))?.slice(6) ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
