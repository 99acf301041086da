import { type Composition, compose } from '#src/experiment/compose.js';
import type { Config } from '#src/experiment/config-schema.js';
import { processShare } from '#src/experiment/process-share.js';
import { hearRun, type ToldRun, tellRun } from '#src/experiment/told-run.js';
import type { JournalLine, SimulatedLine } from '#src/journal/events.js';
import { JournalWriter, journalStart } from '#src/journal/writer.js';
import { RunTally } from '#src/report/run-record.js';
import { limitsFor } from '#src/transport/limits.js';
import { memoryTransport } from '#src/transport/memory.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { Agent, type Makings } from '#src/worlds/live/agent.js';
import { LiveClock } from '#src/worlds/live/live-clock.js';
import { type HostPlace, placeNodes } from '#src/worlds/live/placement.js';
import { type LiveOutcome, Simulator } from '#src/worlds/live/simulator.js';
import { parseLines } from '../in-process-world.ts';
import { ImmediatePool } from './immediate-pool.ts';

const limits = limitsFor(2 ** 20);
const wallUs = () => performance.now() * 1000;

/** All processes of a live world in this one, over a network that is none; real time, real messages. */
export class InProcessLiveWorld {
  readonly simulator: Simulator;
  readonly composition: Composition;
  readonly #agents: Promise<void>[] = [];
  #text = '';

  static async open(config: Config): Promise<InProcessLiveWorld> {
    const world = new InProcessLiveWorld(config, await compose(config));
    await world.#start(config);
    return world;
  }

  private constructor(config: Config, composition: Composition) {
    const { speed, workerHosts } = config.live;
    const sink = {
      write: (text: string) => {
        this.#text += text;
      },
    };
    this.composition = composition;
    this.simulator = new Simulator({
      settings: composition.settings,
      mobility: composition.mobility,
      journal: new JournalWriter(sink, journalStart(), () => 0),
      clock: new LiveClock(wallUs, speed),
      wallUs,
      speed,
      run: tellRun(config, composition),
      places: placeNodes(composition.settings, workerHosts),
      onMeasured: () => {},
    });
  }

  async #start(config: Config): Promise<void> {
    const transport = memoryTransport();
    const here = { host: 'here', secret: null, tls: null, limits };
    const { address } = await transport.listen({ ...here, port: 0 }, (connection) =>
      this.simulator.accept(connection),
    );
    for (const { host } of placeNodes(this.composition.settings, config.live.workerHosts)) {
      const control = await transport.connect({ ...here, port: address.port });
      const agent = Agent.run({
        control,
        place: host,
        wallUs,
        patienceS: 10,
        make: async (run, place) => makingsOf(hearRun(JSON.parse(JSON.stringify(run))), place),
        listen: (_, onConnection) => transport.listen({ ...here, port: 0 }, onConnection),
        dial: (_, { port }) => transport.connect({ ...here, port }),
      });
      agent.catch(() => {});
      this.#agents.push(agent);
    }
    await this.simulator.gathered();
  }

  /** To the end, when every process has ended too. */
  async run(): Promise<LiveOutcome> {
    const outcome = await this.simulator.play();
    await Promise.all(this.#agents);
    return outcome;
  }

  /** So far. */
  get lines(): JournalLine[] {
    return parseLines(this.#text);
  }

  get simulated(): SimulatedLine[] {
    return this.lines.filter((line): line is SimulatedLine => 'n' in line);
  }

  /** What the reports make of the journal. */
  get record(): ReturnType<RunTally['record']> {
    const tally = new RunTally();
    for (const line of this.lines) tally.add(line);
    return tally.record();
  }
}

/** Every process has a memory of its own. */
async function makingsOf(told: ToldRun, place: HostPlace): Promise<Makings> {
  const { settings, computation, threads, theta } = await processShare(told, place);
  const pool = await ImmediatePool.start(threads);
  const memory = new VectorMemory(threads.memory, settings.dimension);
  const { speed, compute } = told.config.live;
  return { settings, computation, memory, pool, theta, speed, compute };
}
