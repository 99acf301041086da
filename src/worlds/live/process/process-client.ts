import { type Deferred, deferred } from '../../../deferred.ts';
import { InputError, RunError } from '../../../errors.ts';
import type { CloseReason, Connection } from '../../../transport/connection.ts';
import type { Frame } from '../../../transport/frame.ts';
import { needMessage, readJsonBody, readMessage } from '../../../transport/message.ts';
import { Silence } from '../../../transport/silence.ts';
import {
  type CoordinatorMessage,
  coordinatorMessageSchema,
  LIVE_PROTOCOL,
  type ProcessMessage,
  type SetupBody,
  say,
  setupBodySchema,
} from '../protocol/control-message.ts';
import { LiveClock, type WallClock } from '../protocol/live-clock.ts';
import type { Address, ProcessSlot } from '../protocol/placement.ts';
import { CostMeter, type ProcessUse } from './cost-meter.ts';
import { batchOf, vectorOf } from './message-bodies.ts';
import { NodeProcess } from './node-process.ts';
import type { MessageBody, NodeProcessParts } from './node-process-parts.ts';
import { PeerLinks } from './peer-links.ts';
import { WallSync } from './wall-sync.ts';

/** Parts with which a process makes its share of a run. */
export type ProcessDependencies = Pick<
  NodeProcessParts,
  'settings' | 'computation' | 'memory' | 'pool' | 'theta' | 'compute' | 'shapesLinks' | 'onOver'
> & { speed: number };

interface ProcessClientParts {
  /** To the coordinator. */
  control: Connection;
  /** Another connection to the coordinator, for what is large. */
  again: () => Promise<Connection>;
  /** The number of this process among those of the run. */
  slot: number;
  wallUs: WallClock;
  /** Use of its machine by this process so far. */
  use: () => ProcessUse;
  /** Seconds of silence after which the coordinator counts as lost, until a message changes it. */
  patienceS: number;
  /** Makes the run's parts from what the coordinator was given. */
  make: (run: unknown, slot: ProcessSlot) => Promise<ProcessDependencies>;
  /** Listens for the other processes, for vectors of `dimension` elements. */
  listen: (
    dimension: number,
    onConnection: (connection: Connection) => void,
  ) => Promise<{ address: Address; close: () => Promise<void> }>;
  dial: (dimension: number, address: Address) => Promise<Connection>;
}

interface Received {
  message: CoordinatorMessage;
  body: Frame['body'];
}

/** One process of a live world: offers itself to the coordinator and runs what that gives it. */
export class ProcessClient {
  readonly #parts: ProcessClientParts;
  readonly #sync: WallSync;
  readonly #meter: CostMeter;
  readonly #pings: NodeJS.Timeout;
  readonly #silence: Silence;
  #patienceS: number;
  /** Messages that arrived during the setup. */
  readonly #early: Received[] = [];
  /** For the cloud's model; null elsewhere. */
  #bulk: Connection | null = null;
  #running: { nodeProcess: NodeProcess; clock: LiveClock } | null = null;
  #close: (() => Promise<unknown>)[] = [];
  #isSetUp = false;
  #isClosed = false;
  readonly #end: Deferred<void> = deferred();

  private constructor(parts: ProcessClientParts) {
    this.#parts = parts;
    this.#sync = new WallSync(parts.wallUs);
    this.#meter = new CostMeter(parts.use);
    this.#meter.counted(parts.control);
    this.#silence = new Silence(parts.wallUs);
    this.#patienceS = parts.patienceS;
    // Milliseconds.
    this.#pings = setInterval(() => this.#ping(), 500);
  }

  /** Resolves when the run is over. Rejects when it cannot continue here: RunError, InputError. */
  static async run(parts: ProcessClientParts): Promise<void> {
    const agent = new ProcessClient(parts);
    try {
      await agent.#run();
    } finally {
      await agent.#closeAll();
    }
  }

  #run(): Promise<void> {
    const { control, slot } = this.#parts;
    control.onFrame = (frame) => this.#receive(frame);
    control.onClose = (reason) => this.#end.reject(goneError(reason));
    this.#send({ type: 'hello', protocol: LIVE_PROTOCOL, pid: process.pid, slot });
    this.#ping();
    return this.#end.promise;
  }

  #receive({ header, body }: Frame): void {
    const message = readMessage(coordinatorMessageSchema, header);
    this.#silence.heard();
    switch (message.type) {
      case 'refused':
        this.#end.reject(new RunError(`the coordinator refuses: ${message.reason}`));
        return;
      case 'setup':
        this.#take(message.self, readJsonBody(setupBodySchema, body));
        return;
      case 'pong':
        this.#sync.answered(message.wallUs);
        if (!this.#sync.isKnown) this.#ping();
        return;
      case 'exit':
        this.#end.resolve();
        return;
      default:
        this.#pass({ message, body });
    }
  }

  /** Messages that need a node process that is set up; earlier ones wait. */
  #pass({ message, body }: Received): void {
    if (this.#running === null) {
      this.#early.push({ message, body });
      return;
    }
    const { nodeProcess, clock } = this.#running;
    switch (message.type) {
      case 'peers':
        nodeProcess.peers.meet(message.addresses);
        return;
      case 'clock':
        clock.set(message.reading);
        nodeProcess.clockChanged(message.change);
        return;
      case 'movements':
        nodeProcess.movements.expect(message.movements);
        return;
      case 'signal':
      case 'transfer-ended':
        nodeProcess.hear(message);
        return;
      case 'failover':
      case 'crash':
      case 'recover':
      case 'cut':
      case 'restore':
        nodeProcess.handleSoon({ type: 'failure', message });
        return;
      case 'batch':
        nodeProcess.giveBatch(message.value, batchOf(body), message.epoch);
        return;
      case 'started':
        nodeProcess.handleSoon(message);
        return;
      case 'background':
        nodeProcess.learn(message);
        return;
      case 'restore-optimiser':
        nodeProcess.restoreOptimiser(vectorOf(body));
        return;
      case 'restore-cloud':
        nodeProcess.restoreCloud(message, vectorOf(body));
        return;
      case 'kept':
        nodeProcess.checkpointKept();
        return;
      case 'lost':
        nodeProcess.peers.lose(message.slot);
        return;
      case 'end':
        void nodeProcess.end(message.reason).catch((error) => this.#fail(error));
        return;
      default:
        message satisfies { type: 'refused' | 'setup' | 'pong' | 'exit' };
    }
  }

  #take(self: number, setup: SetupBody): void {
    const { slots, generations } = setup;
    const slot = slots[self];
    needMessage(slot !== undefined && generations.length === slots.length, `no process ${self}`);
    needMessage(!this.#isSetUp, 'a setup once more');
    this.#isSetUp = true;
    void this.#setUp(self, slot, setup).catch((error) => this.#fail(error));
  }

  async #setUp(
    self: number,
    slot: ProcessSlot,
    { run, slots, generations, patienceS, nonce }: SetupBody,
  ): Promise<void> {
    const { make, listen, dial } = this.#parts;
    this.#patienceS = patienceS;
    const { speed, ...dependencies } = await make(run, slot);
    await this.#keep(() => dependencies.pool.close());
    const { source } = dependencies.settings.windows ?? {};
    await this.#keep(async () => source?.close?.());
    source?.failed?.catch((error) => this.#fail(error));
    const { dimension } = dependencies.settings;
    const links = new PeerLinks(
      async (address) => this.#meter.counted(await dial(dimension, address)),
      self,
      generations,
      (peer) => this.#send({ type: 'bad-peer', ...peer }),
    );
    const clock = new LiveClock(this.#sync.coordinatorWallUs, speed);
    const send = (message: ProcessMessage, vector?: MessageBody, left?: () => void) =>
      this.#send(message, vector, left);
    const nodeProcess = new NodeProcess({
      ...dependencies,
      clock,
      links,
      slots,
      self,
      generation: generations[self]!,
      send,
    });
    await this.#keep(async () => links.close());
    const listener = await listen(dimension, (connection) => {
      connection.readBodiesInto(nodeProcess.peers.received);
      links.accept(this.#meter.counted(connection), (frame, from) =>
        nodeProcess.peers.receive(frame, from),
      );
    });
    await this.#keep(() => listener.close());
    if (nonce !== null) await this.#openBulk(generations[self]!, nonce);
    this.#running = { nodeProcess, clock };
    for (const each of this.#early.splice(0)) this.#pass(each);
    nodeProcess.watch().catch((error) => this.#fail(error));
    this.#send({ type: 'ready', address: listener.address });
  }

  /** Resolves when the coordinator has identified the connection. */
  async #openBulk(generation: number, nonce: string): Promise<void> {
    const { again, slot } = this.#parts;
    const bulk = this.#meter.counted(await again());
    await this.#keep(async () => bulk.close());
    // The coordinator ends both in order when the run is over: what the other one says counts.
    bulk.onClose = (reason) => {
      if (reason.kind !== 'ended') this.#end.reject(goneError(reason));
    };
    await new Promise<void>((resolve) => {
      bulk.onFrame = () => resolve();
      say(bulk, { type: 'bulk', slot, generation, nonce });
    });
    bulk.onFrame = (frame) => this.#receive(frame);
    this.#bulk = bulk;
  }

  #ping(): void {
    if (this.#silence.look() > this.#patienceS) {
      this.#end.reject(new RunError(`the coordinator has sent nothing for ${this.#patienceS} s`));
      return;
    }
    this.#send({ type: 'ping' });
    if (this.#running !== null) this.#send({ type: 'costs', ...this.#meter.costs() });
  }

  /** The run cannot continue here: reports the reason to the coordinator. */
  #fail(error: Error): void {
    this.#send({ type: 'failed', message: error.message, isInput: error instanceof InputError });
    this.#end.reject(error);
  }

  #send(message: ProcessMessage, body: MessageBody | null = null, left?: () => void): void {
    if (message.type === 'ended') this.#send({ type: 'costs', ...this.#meter.costs() });
    const isLarge = message.type === 'checkpoint' || message.type === 'optimiser-state';
    say(isLarge ? this.#bulk! : this.#parts.control, message, body, left);
  }

  /** Closes it with everything else. Throws RunError, and closes it at once, when that is over. */
  async #keep(close: () => Promise<unknown>): Promise<void> {
    if (this.#isClosed) {
      await close();
      throw new RunError('the run ended while this process was set up');
    }
    this.#close.push(close);
  }

  async #closeAll(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#pings);
    this.#running?.nodeProcess.close();
    this.#parts.control.close();
    for (const close of this.#close) await close();
  }
}

function goneError({ kind, detail }: CloseReason): RunError {
  return new RunError(`the coordinator ${kind === 'bad-frame' ? `has sent ${detail}` : 'is gone'}`);
}
