import type { JournalLine, SimulatedLine } from '../../journal/events.ts';
import type { Quantity } from '../../journal/quantity.ts';
import { isSimulated, type JournalExtent, readJournal } from '../../journal/reader.ts';
import type { EndReason } from '../../journal/reasons.ts';
import { type ProcessFacts, ProcessTally } from '../costs/processes.ts';
import { type TreeRecord, TreeTally } from '../hierarchy/tree-tally.ts';
import { countsOfTree } from './counts-of-tree.ts';
import { evaluatedFacts } from './evaluated-facts.ts';
import { type FailureFacts, FailureTally } from './failure-tally.ts';
import { FateLedger, type Fates } from './fates.ts';
import { type FaultSummary, FaultTally } from './fault-summary.ts';
import { type Handover, HandoverTally } from './handovers.ts';
import { type LayerResults, LayerResultsTally } from './layer-results.ts';
import type { MetricsRow } from './metrics.ts';
import { type NonFiniteResults, NonFiniteTally } from './non-finite-results.ts';
import { type OwnMeasure, ownMeasures } from './own-measures.ts';
import { type ServerFacts, ServerTally } from './server-tally.ts';
import { type Staleness, StalenessTally } from './staleness.ts';
import { type Traffic, TrafficTally } from './traffic.ts';

/** Facts about a run from its journal. */
export interface RunRecord extends Traffic {
  name: string;
  seed: number;
  workers: number;
  /**
   * The engine that computed it last, and why faster engines were left out; null before it is
   * known.
   */
  engine: { name: string; leftOut: Record<string, string> } | null;
  /** Why the run ended; null while it has not. */
  ended: EndReason | null;
  rounds: number;
  simTimeS: number;
  wallTimeS: number;
  gradients: Fates & { computed: number | null };
  results: Fates;
  /** Of gradients when their servers aggregated them, and of results when the cloud did. */
  staleness: { gradients: Staleness | null; results: Staleness | null };
  /**
   * Updates that changed the model; those did not for which nothing finite came in, or that left every
   * parameter as it was.
   */
  updates: number;
  /** Handovers back to the server before. */
  handoversBack: readonly Handover[];
  failures: FailureFacts;
  /** Vectors left out of an aggregation because they held NaN or an infinity. */
  nonFinite: number;
  /** Where a rule made NaN or an infinity of finite vectors. */
  nonFiniteResults: NonFiniteResults[];
  /** By layer, the lowest first. */
  layerResults: LayerResults[];
  accuracy: { final: number | null; best: number | null };
  loss: { final: Quantity | null };
  /** Null but for a regression. `best`: the least. */
  rmse: { final: Quantity | null; best: number | null };
  /** Measures of the user's own. */
  metrics: OwnMeasure[];
  /** Of a back door, if one is tried: the share of other classes' items that go through it. */
  attackSuccess: { final: number | null; best: number | null };
  /** An evaluation found a loss that is not finite. */
  diverged: boolean;
  servers: ServerFacts[];
  /** Declared and real numbers of Byzantine vectors. */
  faults: FaultSummary;
  /** The servers that waited, and for which nodes, at the end of a run that stalled. */
  waiting: Waiting[];
  rows: MetricsRow[];
  /** Of a tree of models; null for rounds of one model. */
  tree: TreeRecord | null;
  /** Of a live run: those that have ended, and what they cost. */
  processes: ProcessFacts[];
  /** Violations of conservation: none in a sound journal. */
  violations: string[];
  extent: JournalExtent;
}

/** State of a server that waited at the end, and the nodes it waited for. */
export type Waiting = Omit<Extract<SimulatedLine, { type: 'waiting' }>, 'n' | 'timeUs' | 'type'>;

/** Reads a journal once for the record of its run; `also` gets each line too. */
export async function readRunRecord(
  journalFile: string,
  also: (line: JournalLine) => void = () => {},
): Promise<RunRecord> {
  const tally = new RunTally();
  const extent = await readJournal(journalFile, (line) => {
    tally.add(line);
    also(line);
  });
  return { ...tally.record(), extent };
}

/** Follows a run line by line, so that it can also watch one that still goes on. */
export class RunTally {
  readonly #gradients = new FateLedger('gradient');
  readonly #results = new FateLedger('result');
  /** Of a tree of models. */
  readonly #treeUpdates = new FateLedger('update');
  readonly #servers = new ServerTally();
  readonly #failures = new FailureTally();
  readonly #faults = new FaultTally();
  readonly #tree = new TreeTally();
  readonly #processes = new ProcessTally();
  readonly #traffic = new TrafficTally();
  readonly #nonFiniteResults = new NonFiniteTally();
  readonly #layerResults = new LayerResultsTally();
  readonly #staleness = { gradients: new StalenessTally(), results: new StalenessTally() };
  #latestStaleness = { gradients: new StalenessTally(), results: new StalenessTally() };
  readonly #rows: MetricsRow[] = [];
  readonly #evaluationWallTimeS = new Map<number, number>();
  #started: Extract<SimulatedLine, { type: 'run-started' }> | null = null;
  #ended: Extract<SimulatedLine, { type: 'run-ended' }> | null = null;
  #engine: RunRecord['engine'] = null;
  readonly #waiting: Waiting[] = [];
  #timeUs = 0;
  #wallTimeS = 0;
  #rounds = 0;
  #updates = 0;
  readonly #handoverTally = new HandoverTally();
  #windows = 0;
  #nonFinite = 0;

  add(line: JournalLine): void {
    if (isSimulated(line)) {
      this.#timeUs = line.timeUs;
      this.#servers.add(line);
      this.#failures.add(line);
      this.#faults.add(line);
      this.#tree.add(line);
      this.#traffic.add(line);
      this.#nonFiniteResults.add(line);
      this.#layerResults.add(line);
      this.#addSimulated(line);
    } else {
      this.#wallTimeS = line.wallTimeS;
      this.#processes.add(line);
      if (line.type === 'started' || line.type === 'resumed') {
        this.#engine = { name: line.engine, leftOut: line.leftOut ?? {} };
      } else if (line.type === 'evaluation-done') {
        this.#evaluationWallTimeS.set(line.event, line.wallTimeS);
      }
    }
  }

  #addSimulated(line: SimulatedLine): void {
    switch (line.type) {
      case 'run-started':
        this.#started = line;
        break;
      case 'associate':
        this.#handoverTally.add(line);
        break;
      case 'gradient-started':
        this.#gradients.start(line.gradient);
        break;
      case 'gradient-ended':
        this.#gradients.end(line.gradient, line.outcome, line.reason);
        this.#addStaleness('gradients', line.staleness);
        break;
      case 'aggregated':
        this.#nonFinite += line.nonFinite ?? 0;
        if (!this.#servers.isRoot(line.server)) this.#results.start(line.result);
        break;
      case 'update-sent':
        this.#treeUpdates.start(line.update);
        break;
      case 'update-ended':
        this.#treeUpdates.end(line.update, line.outcome, line.reason);
        break;
      case 'window-trained':
        this.#windows += 1;
        break;
      case 'result-ended':
        this.#results.end(line.result, line.outcome, line.reason);
        if (this.#servers.isRoot(line.parent)) this.#addStaleness('results', line.staleness);
        break;
      case 'updated':
        if (line.applied !== false && this.#servers.isRoot(line.server)) this.#updates += 1;
        break;
      case 'round-ended':
        this.#rounds += 1;
        break;
      case 'evaluated':
        if (!this.#servers.isRoot(line.server)) break;
        this.#rows.push(this.#row(line));
        this.#latestStaleness = { gradients: new StalenessTally(), results: new StalenessTally() };
        break;
      case 'waiting': {
        const { n: _, timeUs: __, type: ___, ...waiting } = line;
        this.#waiting.push(waiting);
        break;
      }
      case 'run-ended':
        this.#ended = line;
        break;
    }
  }

  #addStaleness(of: 'gradients' | 'results', staleness: number | undefined): void {
    if (staleness === undefined) return;
    this.#staleness[of].addOne(staleness);
    this.#latestStaleness[of].addOne(staleness);
  }

  #row(line: Extract<SimulatedLine, { type: 'evaluated' }>): MetricsRow {
    const gradients = this.#gradients.fates();
    const results = this.#results.fates();
    return {
      ...evaluatedFacts(line),
      wallTimeS: null,
      updates: this.#updates,
      gradientStaleness: this.#latestStaleness.gradients.staleness(),
      resultStaleness: this.#latestStaleness.results.staleness(),
      inRange: this.#servers.associated,
      started: gradients.started,
      dropped: gradients.dropped,
      lost: gradients.lost,
      resultsDropped: results.dropped,
      resultsLost: results.lost,
      ...this.#traffic.counts,
      nonFinite: this.#nonFinite,
      energyJ: this.#tree.energyJ,
    };
  }

  record(): Omit<RunRecord, 'extent'> {
    const tree = this.#tree.record(this.#processes.processes);
    const rows = this.#rows.map((row) => ({
      ...row,
      ...(tree !== null && countsOfTree),
      wallTimeS: this.#evaluationWallTimeS.get(row.event) ?? null,
    }));
    const errors = rows.flatMap(({ rmse }) => (typeof rmse === 'number' ? rmse : []));
    const accuracies = rows.flatMap(({ accuracy }) => accuracy ?? []);
    const successes = rows.flatMap(({ attackSuccess }) => attackSuccess ?? []);
    return {
      name: this.#started?.name ?? '',
      seed: this.#started?.seed ?? 0,
      workers: this.#started?.workers ?? 0,
      ended: this.#ended?.reason ?? null,
      rounds: this.#ended?.rounds ?? this.#rounds,
      engine: this.#engine,
      simTimeS: this.#timeUs / 1e6,
      wallTimeS: this.#wallTimeS,
      gradients: { ...this.#gradients.fates(), computed: this.#ended?.computed ?? null },
      results: this.#results.fates(),
      staleness: {
        gradients: this.#staleness.gradients.staleness(),
        results: this.#staleness.results.staleness(),
      },
      updates: this.#updates,
      ...this.#traffic.counts,
      handoversBack: this.#handoverTally.back,
      failures: this.#failures.facts(this.#timeUs),
      nonFinite: this.#nonFinite,
      nonFiniteResults: this.#nonFiniteResults.results(),
      layerResults: this.#layerResults.layers(),
      accuracy: {
        final: accuracies.at(-1) ?? null,
        best: accuracies.length === 0 ? null : Math.max(...accuracies),
      },
      loss: { final: rows.at(-1)?.loss ?? null },
      rmse: {
        final: rows.at(-1)?.rmse ?? null,
        best: errors.length === 0 ? null : Math.min(...errors),
      },
      metrics: ownMeasures(this.#started?.metrics ?? [], rows),
      attackSuccess: {
        final: successes.at(-1) ?? null,
        best: successes.length === 0 ? null : Math.max(...successes),
      },
      diverged: rows.some(({ loss }) => typeof loss === 'string'),
      servers: this.#servers.facts(this.#timeUs),
      faults: this.#faults.summary(this.#timeUs),
      waiting: [...this.#waiting],
      rows,
      tree,
      processes: this.#processes.processes,
      violations: this.#violations(),
    };
  }

  #violations(): string[] {
    const ended = this.#ended;
    // In a tree of models a result goes no further, and windows are trained on.
    const isTree = this.#tree.record() !== null;
    const counted = isTree ? [this.#treeUpdates] : [this.#gradients, this.#results];
    const found = counted.flatMap((each) => each.violations(ended !== null));
    const begun = isTree ? this.#windows : this.#gradients.fates().started;
    if (ended && ended.gradients !== begun) {
      const what = isTree ? 'windows trained' : 'gradients started';
      found.push(`${begun} ${what}, but the run's end says ${ended.gradients}`);
    }
    return found;
  }
}
