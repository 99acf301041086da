import type { SimulatedLine } from '../../journal/events.ts';
import { isSimulated, readJournal } from '../../journal/reader.ts';
import type { DropReason, Outcome } from '../../journal/reasons.ts';

/** Times are microseconds of simulation time, both ends included. */
export interface TimeWindow {
  fromUs: number;
  toUs: number;
}

/** Something that takes time, from its beginning to its end or the window's. */
interface Span extends TimeWindow {
  /** Null while it has no end within the window. */
  outcome: Outcome | null;
  reason: DropReason | null;
  /** Versions behind, of what was aggregated. */
  staleness: number | null;
  /** Of the model that it was computed with; of a result's oldest gradient. */
  version: number;
}

/** From its start until its worker began another, or its end: whichever came first. */
export interface GradientSpan extends Span {
  gradient: number;
  worker: string;
  server: string;
}

/** From the aggregation until its parent aggregated or dropped it. */
export interface ResultSpan extends Span {
  result: number;
  server: string;
  parent: string;
  vectors: number;
}

/** `crashed`: a node; `cut off`: a server. */
export interface NodeOutage extends TimeWindow {
  node: string;
  what: 'crashed' | 'cut off';
}

/** Events in a window of a run, arranged for drawing. */
export interface TimelineFacts extends TimeWindow {
  name: string;
  servers: { id: string; parent: string | null; layer: string }[];
  /** When which worker was associated with which server. */
  presences: ({ worker: string; server: string } & TimeWindow)[];
  gradients: GradientSpan[];
  results: ResultSpan[];
  /** Servers that closed without a result. */
  withoutResult: { server: string; timeUs: number }[];
  updates: { server: string; version: number; timeUs: number }[];
  /** From when the cloud had enough until it updated, and for whom it waited. */
  heldBack: ({ server: string; workers: string[] } & TimeWindow)[];
  /** When a node was down, or a server's link to the one above cut. */
  failures: NodeOutage[];
}

/** Reads from a journal what falls into the window. */
export async function readTimelineFacts(
  journalFile: string,
  window: TimeWindow,
): Promise<TimelineFacts> {
  const gathering = new Gathering(window);
  await readJournal(journalFile, (line) => {
    if (isSimulated(line)) gathering.add(line);
  });
  return gathering.facts();
}

class Gathering {
  readonly #window: TimeWindow;
  readonly #facts: TimelineFacts;
  readonly #presences = new Map<string, TimelineFacts['presences'][number]>();
  readonly #gradients = new Map<number, GradientSpan>();
  /** The last gradient that a worker began. */
  readonly #latest = new Map<string, GradientSpan>();
  readonly #results = new Map<number, ResultSpan>();
  #heldBack: TimelineFacts['heldBack'][number] | null = null;

  constructor(window: TimeWindow) {
    this.#window = window;
    this.#facts = {
      ...window,
      name: '',
      servers: [],
      presences: [],
      gradients: [],
      results: [],
      withoutResult: [],
      updates: [],
      heldBack: [],
      failures: [],
    };
  }

  add(line: SimulatedLine): void {
    const { timeUs } = line;
    if (timeUs > this.#window.toUs) return;
    switch (line.type) {
      case 'run-started':
        this.#facts.name = line.name;
        this.#facts.servers = line.servers;
        break;
      case 'associate':
        this.#associate(line);
        break;
      case 'gradient-started':
        this.#startGradient(line);
        break;
      case 'gradient-ended': {
        const span = this.#gradients.get(line.gradient);
        if (span) this.#end(span, line);
        this.#gradients.delete(line.gradient);
        break;
      }
      case 'aggregated':
        this.#aggregated(line);
        break;
      case 'result-ended': {
        const span = this.#results.get(line.result);
        if (span) this.#end(span, line);
        this.#results.delete(line.result);
        break;
      }
      case 'no-result':
        if (this.#isIn(line)) this.#facts.withoutResult.push({ server: line.server, timeUs });
        break;
      case 'held-back': {
        const { server, workers } = line;
        this.#heldBack = { server, workers, fromUs: timeUs, toUs: this.#window.toUs };
        this.#facts.heldBack.push(this.#heldBack);
        break;
      }
      case 'crashed':
        this.#fail(line.node, 'crashed', timeUs);
        break;
      case 'cut':
        this.#fail(line.server, 'cut off', timeUs);
        break;
      case 'recovered':
        this.#recover(line.node, 'crashed', timeUs);
        break;
      case 'restored':
        this.#recover(line.server, 'cut off', timeUs);
        break;
      case 'updated':
        this.#updated(line);
        break;
    }
  }

  facts(): TimelineFacts {
    const overlaps = ({ toUs }: TimeWindow) => toUs >= this.#window.fromUs;
    const { presences, gradients, results, heldBack, failures } = this.#facts;
    return {
      ...this.#facts,
      presences: presences.filter(overlaps),
      gradients: gradients.filter(overlaps),
      results: results.filter(overlaps),
      heldBack: heldBack.filter(overlaps),
      failures: failures.filter(overlaps),
    };
  }

  #isIn({ timeUs }: { timeUs: number }): boolean {
    return timeUs >= this.#window.fromUs;
  }

  #associate({ worker, server, timeUs }: SimulatedLine & { type: 'associate' }): void {
    const before = this.#presences.get(worker);
    if (before) before.toUs = timeUs;
    this.#presences.delete(worker);
    if (server === null) return;
    const presence = { worker, server, fromUs: timeUs, toUs: this.#window.toUs };
    this.#presences.set(worker, presence);
    this.#facts.presences.push(presence);
  }

  #fail(node: string, what: NodeOutage['what'], fromUs: number): void {
    this.#facts.failures.push({ node, what, fromUs, toUs: this.#window.toUs });
  }

  #recover(node: string, what: NodeOutage['what'], timeUs: number): void {
    const last = this.#facts.failures.findLast((one) => one.node === node && one.what === what);
    if (last) last.toUs = timeUs;
  }

  #startGradient(line: SimulatedLine & { type: 'gradient-started' }): void {
    const { gradient, worker, server, version, timeUs } = line;
    const before = this.#latest.get(worker);
    if (before) before.toUs = Math.min(before.toUs, timeUs);
    const span = { ...this.#newSpan(timeUs, version), gradient, worker, server };
    this.#latest.set(worker, span);
    this.#gradients.set(gradient, span);
    this.#facts.gradients.push(span);
  }

  #aggregated(line: SimulatedLine & { type: 'aggregated' }): void {
    const { server, result, vectors, version, staleness, timeUs, skipped } = line;
    const parent = this.#facts.servers.find(({ id }) => id === server)?.parent ?? null;
    if (parent === null) return;
    if (skipped) {
      if (this.#isIn(line)) this.#facts.withoutResult.push({ server, timeUs });
      return;
    }
    // A worker from elsewhere may have had a newer model than its server: then this one counts.
    const oldest = version - staleness.maximum;
    const span = { ...this.#newSpan(timeUs, oldest), result, server, parent, vectors };
    this.#results.set(result, span);
    this.#facts.results.push(span);
  }

  #updated({ server, version, timeUs }: SimulatedLine & { type: 'updated' }): void {
    if (this.#heldBack) this.#heldBack.toUs = timeUs;
    this.#heldBack = null;
    if (timeUs < this.#window.fromUs) return;
    this.#facts.updates.push({ server, version, timeUs });
  }

  #newSpan(fromUs: number, version: number): Span {
    const { toUs } = this.#window;
    return { fromUs, toUs, outcome: null, reason: null, staleness: null, version };
  }

  #end(span: Span, line: SimulatedLine & { type: 'gradient-ended' | 'result-ended' }): void {
    span.toUs = Math.min(span.toUs, line.timeUs);
    span.outcome = line.outcome;
    span.reason = line.reason ?? null;
    span.staleness = line.staleness ?? null;
  }
}
