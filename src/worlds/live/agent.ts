import { InputError, RunError } from '../../errors.ts';
import type { Connection } from '../../transport/connection.ts';
import type { Frame } from '../../transport/frame.ts';
import {
  type HostMessage,
  type HostSetup,
  LIVE_PROTOCOL,
  type SimulatorMessage,
  say,
} from './control-message.ts';
import { LiveClock, type WallClock } from './live-clock.ts';
import { type HostParts, LiveHost } from './live-host.ts';
import { PeerLinks } from './peer-links.ts';
import type { Address, HostPlace } from './placement.ts';
import { WallSync } from './wall-sync.ts';

const PING_MS = 500;

/** What a process makes its share of a run with. */
export type Makings = Pick<
  HostParts,
  'settings' | 'computation' | 'memory' | 'pool' | 'theta' | 'compute'
> & { speed: number };

export interface AgentParts {
  /** To the simulator. */
  control: Connection;
  /** The number of this process among those of the run. */
  place: number;
  wallUs: WallClock;
  /** Without a word from the simulator for so long it is gone. */
  patienceS: number;
  /** Makes the run's parts from what the simulator was given. */
  make: (run: unknown, place: HostPlace) => Promise<Makings>;
  /** Takes connections of other hosts, for vectors of so many elements. */
  listen: (
    dimension: number,
    onConnection: (connection: Connection) => void,
  ) => Promise<{ address: Address; close: () => Promise<void> }>;
  dial: (dimension: number, address: Address) => Promise<Connection>;
}

/** One process of a live world: offers itself to the simulator and runs what that gives it. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #sync: WallSync;
  readonly #pings: NodeJS.Timeout;
  #heardUs: number;
  #running: { host: LiveHost; clock: LiveClock; links: PeerLinks } | null = null;
  #close: (() => Promise<unknown>)[] = [];
  #end: { resolve: () => void; reject: (error: Error) => void } | null = null;

  private constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#sync = new WallSync(parts.wallUs);
    this.#heardUs = parts.wallUs();
    this.#pings = setInterval(() => this.#ping(), PING_MS);
  }

  /** Resolves when the run is over. Rejects when it cannot go on here: RunError, InputError. */
  static async run(parts: AgentParts): Promise<void> {
    const agent = new Agent(parts);
    try {
      await agent.#run();
    } finally {
      await agent.#closeAll();
    }
  }

  #run(): Promise<void> {
    const { control, place } = this.#parts;
    return new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
      control.onFrame = (frame) => this.#receive(frame);
      control.onClose = () => reject(new RunError('the simulator is gone'));
      this.#tell({ type: 'hello', protocol: LIVE_PROTOCOL, pid: process.pid, place });
      this.#ping();
    });
  }

  #receive({ header, body }: Frame): void {
    this.#heardUs = this.#parts.wallUs();
    const message = header as unknown as SimulatorMessage;
    switch (message.type) {
      case 'refused':
        this.#end!.reject(new RunError(`the simulator refuses: ${message.reason}`));
        return;
      case 'setup':
        void this.#setUp(message.self, body as Uint8Array).catch((error) => this.#fail(error));
        return;
      case 'pong':
        this.#sync.answered(message.hostWallUs, message.wallUs);
        if (!this.#sync.isKnown) this.#ping();
        return;
      case 'exit':
        this.#end!.resolve();
        return;
      default:
        this.#pass(message, body);
    }
  }

  /** What only a host that is set up is told. */
  #pass(message: SimulatorMessage, body: Frame['body']): void {
    if (this.#running === null) throw new Error(`"${message.type}" before "setup"`);
    const { host, clock, links } = this.#running;
    switch (message.type) {
      case 'peers':
        links.setAddresses(message.addresses);
        return;
      case 'clock':
        clock.set(message.reading);
        host.clockChanged(message.change);
        return;
      case 'movements':
        host.expect(message.movements);
        return;
      case 'crash':
      case 'recover':
      case 'cut':
      case 'restore':
        host.befall(message);
        return;
      case 'batch':
        host.giveBatch(message.value, itemsOf(body as Uint8Array), message.epoch);
        return;
      case 'lost':
        host.lose(message.host);
        return;
      case 'end':
        void host.end(message.reason).catch((error) => this.#fail(error));
    }
  }

  async #setUp(self: number, body: Uint8Array): Promise<void> {
    const { run, places } = JSON.parse(new TextDecoder().decode(body)) as HostSetup;
    const { make, listen, dial } = this.#parts;
    const { speed, ...makings } = await make(run, places[self]!);
    this.#close.push(() => makings.pool.close());
    const { dimension } = makings.settings;
    const links = new PeerLinks((address) => dial(dimension, address), self, places.length);
    const clock = new LiveClock(this.#sync.simulatorWallUs, speed);
    const tell = (message: HostMessage, vector?: Float32Array) => this.#tell(message, vector);
    const host = new LiveHost({ ...makings, clock, links, hosts: places, self, tell });
    const listener = await listen(dimension, (connection) =>
      links.accept(connection, (_, frame) => host.receive(frame)),
    );
    this.#close.push(
      async () => links.close(),
      () => listener.close(),
    );
    this.#running = { host, clock, links };
    host.watch().catch((error) => this.#fail(error));
    this.#tell({ type: 'ready', address: listener.address });
  }

  #ping(): void {
    const { wallUs, patienceS } = this.#parts;
    if (wallUs() - this.#heardUs > patienceS * 1_000_000) {
      this.#end?.reject(new RunError(`the simulator has said nothing for ${patienceS} s`));
      return;
    }
    this.#tell({ type: 'ping', hostWallUs: wallUs() });
  }

  /** The run cannot go on here: the simulator is to know why. */
  #fail(error: Error): void {
    this.#tell({ type: 'failed', message: error.message, isInput: error instanceof InputError });
    this.#end?.reject(error);
  }

  #tell(message: HostMessage, vector: Float32Array | null = null): void {
    say(this.#parts.control, message, vector);
  }

  async #closeAll(): Promise<void> {
    clearInterval(this.#pings);
    this.#running?.host.close();
    this.#parts.control.close();
    for (const close of this.#close) await close();
  }
}

/** A copy: a body may begin anywhere. */
function itemsOf(body: Uint8Array): Uint32Array {
  return new Uint32Array(body.slice().buffer);
}
