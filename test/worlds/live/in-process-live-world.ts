import { type Composition, compose } from '#src/compose/compose.js';
import type { Config } from '#src/config/config-schema.js';
import type { JournalLine, SimulatedLine } from '#src/journal/events.js';
import { JournalWriter, journalStart } from '#src/journal/writer.js';
import { processSetup } from '#src/processes/process-setup.js';
import { decodeManifest, encodeManifest, type RunManifest } from '#src/processes/run-manifest.js';
import type { Connection } from '#src/transport/connection.js';
import type { Frame, Header } from '#src/transport/frame.js';
import { limitsFor } from '#src/transport/limits.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { Coordinator, type LiveOutcome } from '#src/worlds/live/coordinator/coordinator.js';
import type { CoordinatorState } from '#src/worlds/live/coordinator/coordinator-state.js';
import {
  ProcessClient,
  type ProcessDependencies,
} from '#src/worlds/live/process/process-client.js';
import { LiveClock } from '#src/worlds/live/protocol/live-clock.js';
import { type ProcessSlot, placeNodes } from '#src/worlds/live/protocol/placement.js';
import { memoryTransport } from '../../transport/memory-transport.ts';
import { JournalText } from '../journal-text.ts';
import { expectOwnedByProcess } from '../owned-values.ts';
import { ImmediatePool } from './immediate-pool.ts';
import { OwnTime } from './own-time.ts';

const limits = limitsFor(2 ** 20);
const here = { host: 'here', secret: null, tls: null, limits };

const time = new OwnTime();
const wallUs = () => time.nowUs;

export interface LiveWorldOptions {
  /** The state of an earlier world, and its journal up to there. */
  from?: { state: CoordinatorState; text: string };
  /** Whether a process that is gone gets a successor. */
  comesBack?: boolean;
  mostHeldBytes?: number;
  /** How long a successor takes to start, as on a busy machine. */
  startMs?: number;
}

/** All processes of a live world in this one, over a network that is none; real time, real messages. */
export class InProcessLiveWorld {
  readonly coordinator: Coordinator;
  readonly composition: Composition;
  /** The state saved last, and the journal up to there. */
  saved: { state: CoordinatorState; text: string } | null = null;
  readonly #config: Config;
  readonly #transport = memoryTransport();
  readonly #agents: Promise<void>[] = [];
  /** By slot: the process's connection to the coordinator. */
  readonly #controls = new Map<number, Connection>();
  /** By slot: its second one, for the cloud's model. */
  readonly #bulks = new Map<number, Connection>();
  /** By slot: where others reach its process. */
  readonly #ports = new Map<number, number>();
  #port = 0;
  #isOver = false;
  readonly #miscounted: unknown[] = [];
  readonly #journal: JournalText;

  static async open(config: Config, options: LiveWorldOptions = {}): Promise<InProcessLiveWorld> {
    const world = new InProcessLiveWorld(config, await compose(config), options);
    await world.#start();
    return world;
  }

  private constructor(
    config: Config,
    composition: Composition,
    { from, comesBack = true, startMs = 0, mostHeldBytes = 2 ** 26 }: LiveWorldOptions,
  ) {
    const { speed, workerProcesses, patienceS, answerS, returnS } = config.live;
    time.start();
    this.#config = config;
    this.#journal = new JournalText(from?.text);
    const clock = new LiveClock(wallUs, speed);
    clock.set({ isRunning: false, simUs: from?.state.nowUs ?? 0, wallUs: wallUs() });
    const lines = this.#journal.lines;
    const nextEvent = lines.filter((line) => 'n' in line).length;
    const start = { ...journalStart(), nextEvent, nextHostEvent: lines.length - nextEvent };
    this.composition = composition;
    this.coordinator = new Coordinator({
      settings: composition.settings,
      mobility: composition.mobility,
      journal: new JournalWriter(this.#journal, start, () => 0),
      clock,
      wallUs,
      speed,
      run: encodeManifest(config, composition),
      slots: placeNodes(composition.settings, workerProcesses),
      patienceS,
      answerS,
      mostHeldBytes,
      returnS,
      checkpointRounds: config.checkpoints.everyRounds,
      state: from?.state ?? null,
      theta: composition.theta,
      onMeasured: () => {},
      onCheckpoint: (state) => {
        this.saved = { state: structuredClone(state), text: this.#journal.text };
      },
      onLost: (slot) => {
        if (comesBack) setTimeout(() => void this.#startProcess(slot), startMs);
      },
    });
  }

  async #start(): Promise<void> {
    const { address } = await this.#transport.listen({ ...here, port: 0 }, (connection) =>
      this.coordinator.accept(connection),
    );
    this.#port = address.port;
    for (const { slot } of this.coordinator.slots) await this.#startProcess(slot);
    await this.coordinator.gathered();
  }

  async #startProcess(slot: number): Promise<void> {
    const transport = this.#transport;
    const connect = () => transport.connect({ ...here, port: this.#port });
    const control = await connect();
    this.#controls.set(slot, control);
    const agent = ProcessClient.run({
      control,
      again: async () => {
        const bulk = await connect();
        this.#bulks.set(slot, bulk);
        return bulk;
      },
      slot,
      wallUs,
      patienceS: 10,
      use: () => ({ cpuS: 1.5 + slot, memoryBytes: 1000 * (1 + slot) }),
      make: async (run, where) =>
        this.#counted(await dependenciesOf(decodeManifest(JSON.parse(JSON.stringify(run))), where)),
      listen: async (_, onConnection) => {
        const listener = await transport.listen({ ...here, port: 0 }, onConnection);
        this.#ports.set(slot, listener.address.port);
        return listener;
      },
      dial: (_, { port }) => transport.connect({ ...here, port }),
    });
    agent.catch(() => {});
    this.#agents.push(agent);
  }

  /** Ends the slot's process at once, without a message. */
  kill(slot: number): void {
    this.#controls.get(slot)!.destroy();
  }

  /** Says something to the coordinator on a process's connection, as if the process had. */
  say(
    slot: number,
    header: object,
    body: Frame['body'] = null,
    way: 'control' | 'bulk' = 'control',
  ) {
    const connection = (way === 'bulk' ? this.#bulks : this.#controls).get(slot)!;
    connection.send({ header: header as Header, body });
  }

  /** A connection to the process of a slot, as other processes make it. */
  peerOf(slot: number): Promise<Connection> {
    return this.#transport.connect({ ...here, port: this.#ports.get(slot)! });
  }

  /** A connection to the coordinator that is no process's. */
  unauthenticated(): Promise<Connection> {
    return this.#transport.connect({ ...here, port: this.#port });
  }

  /** The slot of the process that runs a node. */
  slotOf(node: string): number {
    const { workerProcesses } = this.#config.live;
    const slots = placeNodes(this.composition.settings, workerProcesses);
    return slots.find(({ nodes }) => nodes.includes(node))!.index;
  }

  /** To the end, when every process has ended too. */
  async run(): Promise<LiveOutcome> {
    const outcome = await this.coordinator.play();
    this.#isOver = true;
    await Promise.allSettled(this.#agents);
    time.stop();
    // Of lost processes too.
    for (const error of this.#miscounted) throw error;
    return outcome;
  }

  #counted(dependencies: ProcessDependencies): ProcessDependencies {
    return {
      ...dependencies,
      onOver: (owners) => {
        try {
          expectOwnedByProcess(owners);
        } catch (error) {
          this.#miscounted.push(error);
        }
      },
    };
  }

  /** Resolves as soon as the journal has a line of that kind, at that index or later. */
  async until(isWanted: (line: SimulatedLine) => boolean, from = 0): Promise<number> {
    for (;;) {
      const at = this.simulated.findIndex((line, index) => index >= from && isWanted(line));
      if (at >= 0) return at;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Resolves when the process of that generation has started; out: simulated lines before that. */
  async untilStarted(slot: number, generation: number): Promise<number> {
    for (;;) {
      const { lines } = this;
      const at = lines.findIndex(
        (line) =>
          'host' in line &&
          line.type === 'process-started' &&
          line.slot === slot &&
          line.generation === generation,
      );
      if (at >= 0) return lines.slice(0, at).filter((line) => 'n' in line).length;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Resolves when that many further characters are in the journal, or when the world is over. */
  async written(characters: number): Promise<void> {
    const wanted = this.#journal.text.length + characters;
    while (this.#journal.text.length < wanted && !this.#isOver) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** So far. */
  get lines(): JournalLine[] {
    return this.#journal.lines;
  }

  get simulated(): SimulatedLine[] {
    return this.#journal.simulated;
  }

  /** The record that the reports make of the journal. */
  get record(): JournalText['record'] {
    return this.#journal.record;
  }
}

/** Every process has a memory of its own. */
export async function dependenciesOf(
  manifest: RunManifest,
  slot: ProcessSlot,
): Promise<ProcessDependencies> {
  const { settings, computation, threads, theta } = await processSetup(manifest, slot);
  const pool = await ImmediatePool.start(threads);
  const memory = new VectorMemory(threads.memory, settings.dimension);
  const { speed, compute, shapeLinks: shapesLinks } = manifest.config.live;
  return { settings, computation, memory, pool, theta, speed, compute, shapesLinks };
}
