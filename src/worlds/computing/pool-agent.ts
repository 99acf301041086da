import { z } from 'zod';
import { type Deferred, deferred } from '../../deferred.ts';
import { InputError, RunError } from '../../errors.ts';
import type { Connection } from '../../transport/connection.ts';
import type { Frame } from '../../transport/frame.ts';
import { readJsonBody, readMessage } from '../../transport/message.ts';
import { Silence } from '../../transport/silence.ts';
import { AgentTasks, type Share } from './agent-tasks.ts';
import { type AgentMessage, POOL_PROTOCOL, poolMessageSchema, sayInPool } from './pool-message.ts';

const PING_MS = 500;

interface PoolAgentParts {
  /** To the coordinator. */
  control: Connection;
  name: string;
  threads: number;
  /** A coordinator that has sent nothing for this long counts as lost. */
  patienceS: number;
  /** Makes the share from what the coordinator was given. */
  make: (run: unknown) => Promise<Share>;
  /** A second connection to the coordinator, for vectors of `dimension` elements. */
  dial: (dimension: number) => Promise<Connection>;
}

/** One process of a virtual run's pool: joins the coordinator and runs what that gives it. */
export class PoolAgent {
  readonly #parts: PoolAgentParts;
  readonly #pings: NodeJS.Timeout;
  readonly #silence = new Silence();
  /** The coordinator asks for a share, and admits it, once. */
  #isAsked = false;
  #isAdmitted = false;
  #share: Share | null = null;
  #work: Connection | null = null;
  #number = 0;
  #nonce = '';
  #isClosed = false;
  readonly #end: Deferred<void> = deferred();

  private constructor(parts: PoolAgentParts) {
    this.#parts = parts;
    this.#pings = setInterval(() => this.#ping(), PING_MS);
  }

  /** Resolves when the run is over. Rejects when it cannot continue here: RunError, InputError. */
  static async run(parts: PoolAgentParts): Promise<void> {
    const agent = new PoolAgent(parts);
    try {
      await agent.#run();
    } finally {
      await agent.#close();
    }
  }

  #run(): Promise<void> {
    const { control, name, threads } = this.#parts;
    control.onFrame = (frame) => this.#receive(frame);
    control.onClose = ({ kind, detail }) => {
      const why = kind === 'bad-frame' ? `sends ${detail}` : 'is gone';
      this.#end.reject(new RunError(`the coordinator ${why}`));
    };
    const { pid } = process;
    this.#send({ type: 'pool-hello', protocol: POOL_PROTOCOL, name, threads, pid });
    return this.#end.promise;
  }

  #receive({ header, body }: Frame): void {
    const message = readMessage(poolMessageSchema, header);
    this.#silence.heard();
    switch (message.type) {
      case 'refused': {
        const found = `the coordinator refuses: ${message.reason}`;
        this.#end.reject(new InputError({ found, advice: message.advice }));
        return;
      }
      case 'pool-setup':
        this.#number = message.agent;
        this.#nonce = message.nonce;
        void this.#make(readJsonBody(z.unknown(), body)).catch((error) => this.#fail(error));
        return;
      case 'admitted':
        void this.#beginWork().catch((error) => this.#fail(error));
        return;
      case 'exit':
        this.#end.resolve();
    }
  }

  async #make(run: unknown): Promise<void> {
    if (this.#isAsked) throw new RunError('the coordinator speaks out of turn');
    this.#isAsked = true;
    const share = await this.#parts.make(run);
    this.#share = share;
    if (this.#isClosed) await share.pool.close();
    this.#send({ type: 'made', inputs: this.#share.inputs });
  }

  async #beginWork(): Promise<void> {
    const share = this.#share;
    if (share === null || this.#isAdmitted) {
      throw new RunError('the coordinator speaks out of turn');
    }
    this.#isAdmitted = true;
    const { dial, threads } = this.#parts;
    const work = await dial(share.shape.dimension);
    this.#work = work;
    if (this.#isClosed) work.close();
    const tasks = new AgentTasks(work, share, threads);
    work.onFrame = (frame) => {
      this.#silence.heard();
      tasks.receive(frame);
    };
    work.onClose = ({ kind, detail, error }) => {
      // In order: what that means comes on the other connection.
      if (kind === 'ended') return;
      const why = error instanceof Error ? error.message : detail;
      this.#fail(new RunError(`the connection for tasks has ended: ${why}`));
    };
    sayInPool(work, { type: 'pool-work', agent: this.#number, nonce: this.#nonce });
    for (;;) await share.pool.nextCompletion();
  }

  #ping(): void {
    const { patienceS } = this.#parts;
    if (this.#silence.look() > patienceS) {
      this.#end.reject(new RunError(`the coordinator has sent nothing for ${patienceS} s`));
    } else this.#send({ type: 'ping' });
  }

  /** The run cannot continue here: reports the reason to the coordinator. */
  #fail(error: Error): void {
    this.#send({ type: 'failed', message: error.message });
    this.#end.reject(error);
  }

  #send(message: AgentMessage): void {
    sayInPool(this.#parts.control, message);
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#pings);
    this.#work?.close();
    this.#parts.control.close();
    await this.#share?.pool.close();
  }
}
