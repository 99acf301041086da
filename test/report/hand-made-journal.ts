import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOURNAL_FORMAT, type SimulatedEvent, type SimulatedLine } from '#src/journal/events.js';
import type { HostEvent } from '#src/journal/host-events.js';

/** Writes a journal from events given by hand, numbering them. */
export class HandMadeJournal {
  readonly #lines: string[] = [];
  #n = 0;
  #host = 0;

  constructor() {
    const format = JOURNAL_FORMAT;
    this.host(0, { type: 'started', format, threads: 1, engine: 'reference', node: 'v20' });
  }

  /** A simulated event at a time in seconds. Returns its number. */
  at(timeS: number, event: SimulatedEvent): number {
    const { type, ...rest } = event;
    this.#lines.push(JSON.stringify({ n: this.#n, timeUs: timeS * 1e6, type, ...rest }));
    this.#n += 1;
    return this.#n - 1;
  }

  host(wallTimeS: number, event: HostEvent): this {
    const { type, ...rest } = event;
    this.#lines.push(JSON.stringify({ host: this.#host, wallTimeS, type, ...rest }));
    this.#host += 1;
    return this;
  }

  start(servers: string[] = ['a', 'b'], name = 'tiny', seed = 7): this {
    this.at(0, {
      type: 'run-started',
      name,
      seed,
      workers: 3,
      servers: [
        { id: 'cloud', parent: null, layer: 'cloud' },
        ...servers.map((id) => ({ id, parent: 'cloud', layer: 'edge' })),
      ],
      parameters: [],
      byzantine: {},
    });
    return this;
  }

  /** The simulated lines. */
  get lines(): SimulatedLine[] {
    return this.#lines
      .map((line) => JSON.parse(line) as object)
      .filter((line): line is SimulatedLine => 'n' in line);
  }

  text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  /** Into a run folder of its own, whose path is returned. */
  async save(runDir?: string): Promise<string> {
    const folder = runDir ?? (await mkdtemp(join(tmpdir(), 'run-')));
    await writeFile(join(folder, 'journal.jsonl'), this.text());
    return folder;
  }
}

/**
 * A run of ten seconds, small enough to follow by hand. Workers w1 and w2 join server a at 0 s and
 * 2 s, w1 goes over to b at 4 s and out of range at 8 s. Seven gradients: 2 aggregated at a, 1 at
 * b, 1 left range, 1 late, 1 lost on its way, 1 in flight at the end. Three results: two
 * aggregated, one lost. Evaluated at 0, 5 and 10 s.
 */
export function tenSeconds(): HandMadeJournal {
  const journal = new HandMadeJournal();
  const started = (timeS: number, gradient: number, worker: string, server: string, round = 1) =>
    journal.at(timeS, {
      type: 'gradient-started',
      gradient,
      worker,
      server,
      round,
      version: round - 1,
    });
  const aggregated = (timeS: number, server: string, result: number, vectors: number, round = 1) =>
    journal.at(timeS, {
      type: 'aggregated',
      server,
      layer: server === 'cloud' ? 'cloud' : 'edge',
      round,
      version: round - 1,
      result,
      vectors,
      senders: vectors,
      byzantine: server === 'a' ? 1 : 0,
      byzantineSenders: server === 'a' ? 1 : 0,
      declaredF: 1,
      atDeadline: server === 'b',
      staleness: { mean: 0, maximum: 0 },
      nonFinite: server === 'b' ? 1 : 0,
      norm: 1,
    });
  const opened = (timeS: number, server: string, round = 1) =>
    journal.at(timeS, {
      type: 'round-opened',
      server,
      round,
      version: round - 1,
      children: 2,
    });
  const edge = { worker: 'w1', server: 'a' };
  const applied = { outcome: 'aggregated', staleness: 0 } as const;

  journal.start();
  journal.at(0, evaluated(0, 0, 0.1, 2.3));
  journal.host(0.25, { type: 'evaluation-done', event: 1 });
  opened(0, 'cloud');
  opened(0, 'a');
  opened(0, 'b');
  journal.at(0, { type: 'associate', worker: 'w1', server: 'a', previous: null, handover: false });
  started(0, 1, 'w1', 'a');
  journal.at(2, { type: 'associate', worker: 'w2', server: 'a', previous: null, handover: false });
  started(2, 2, 'w2', 'a');
  aggregated(3, 'a', 1, 2);
  journal.at(3, { type: 'gradient-ended', gradient: 1, ...edge, ...applied });
  journal.at(3, { type: 'gradient-ended', gradient: 2, ...edge, ...applied });
  started(3, 3, 'w1', 'a');
  journal.at(4, { type: 'associate', worker: 'w1', server: 'b', previous: 'a', handover: true });
  journal.at(4, {
    type: 'gradient-ended',
    gradient: 3,
    ...edge,
    outcome: 'dropped',
    reason: 'left-range',
  });
  started(4, 4, 'w1', 'b');
  started(4, 5, 'w2', 'a');
  journal.at(5, {
    type: 'gradient-ended',
    gradient: 5,
    ...edge,
    outcome: 'dropped',
    reason: 'late',
  });
  aggregated(5, 'b', 2, 1);
  journal.at(5, {
    type: 'gradient-ended',
    gradient: 4,
    worker: 'w1',
    server: 'b',
    ...applied,
  });
  aggregated(5, 'cloud', 1, 2);
  for (const [result, server] of [
    [1, 'a'],
    [2, 'b'],
  ] as const) {
    journal.at(5, {
      type: 'result-ended',
      result,
      server,
      parent: 'cloud',
      ...applied,
    });
  }
  journal.at(5, {
    type: 'updated',
    server: 'cloud',
    round: 1,
    version: 1,
    gradients: 3,
    learningRate: 0.001,
  });
  journal.at(5, { type: 'round-ended', server: 'cloud', round: 1 });
  const event = journal.at(5, evaluated(1, 3, 0.6, 'Infinity'));
  journal.host(1.5, { type: 'evaluation-done', event });
  opened(5, 'cloud', 2);
  opened(6, 'a', 2);
  started(6, 6, 'w2', 'a', 2);
  journal.at(7, { type: 'gradient-ended', gradient: 6, ...edge, outcome: 'lost' });
  journal.at(7, { type: 'worker-queued', worker: 'w3', server: 'a' });
  for (const server of ['a', 'b']) {
    journal.at(7, { type: 'worker-refused', worker: 'w3', server });
  }
  journal.at(7, { type: 'message-retried', from: 'w2', to: 'a', what: 'gradient', times: 2 });
  journal.at(7, { type: 'message-lost', from: 'w2', to: 'a', what: 'gradient', reason: 'link' });
  journal.at(8, { type: 'associate', worker: 'w1', server: null, previous: 'b', handover: false });
  aggregated(8, 'a', 3, 1, 2);
  journal.at(9, {
    type: 'result-ended',
    result: 3,
    server: 'a',
    parent: 'cloud',
    outcome: 'lost',
  });
  started(9, 7, 'w2', 'a', 2);
  const last = journal.at(10, evaluated(1, 3, 0.5, 0.75));
  journal.at(10, { type: 'gradient-ended', gradient: 7, ...edge, outcome: 'in-flight' });
  journal.at(10, {
    type: 'run-ended',
    reason: 'time',
    rounds: 1,
    gradients: 7,
    computed: 4,
    updates: 1,
  });
  journal.host(2, { type: 'evaluation-done', event: last });
  return journal.host(2.5, { type: 'finished' });
}

/**
 * Server a aggregates three gradients of staleness 0, 1 and 2, b one of 5; the cloud two results of
 * a of staleness 1 and one of b of 7. Evaluated after a's gradients, after all, and once more.
 */
export function staleResults(): HandMadeJournal {
  const journal = new HandMadeJournal().start();
  const aggregated = (timeS: number, server: string, each: readonly number[]) =>
    journal.at(timeS, {
      type: 'aggregated',
      server,
      layer: server === 'cloud' ? 'cloud' : 'edge',
      round: 1,
      version: 9,
      result: timeS,
      vectors: each.length,
      senders: 1,
      byzantine: 0,
      byzantineSenders: 0,
      declaredF: 0,
      atDeadline: false,
      staleness: {
        mean: each.reduce((sum, one) => sum + one, 0) / each.length,
        maximum: Math.max(...each),
      },
    });
  const gradients = (timeS: number, server: string, each: readonly number[]) => {
    each.forEach((staleness, index) => {
      const gradient = 10 * timeS + index;
      const work = { gradient, worker: 'w', server };
      journal.at(timeS, { type: 'gradient-started', ...work, round: 1, version: 9 - staleness });
      journal.at(timeS, { type: 'gradient-ended', ...work, outcome: 'aggregated', staleness });
    });
    aggregated(timeS, server, each);
  };
  const result = (number: number, server: string, staleness: number) =>
    journal.at(6, {
      type: 'result-ended',
      result: number,
      server,
      parent: 'cloud',
      outcome: 'aggregated',
      staleness,
    });
  gradients(1, 'a', [0, 1]);
  gradients(2, 'a', [2]);
  journal.at(3, evaluated(0, 0, 0.1, 2));
  gradients(4, 'b', [5]);
  result(1, 'a', 1);
  result(2, 'a', 1);
  result(4, 'b', 7);
  aggregated(6, 'cloud', [1, 1, 7]);
  journal.at(7, evaluated(1, 4, 0.2, 1));
  journal.at(8, evaluated(1, 4, 0.2, 1));
  return journal;
}

export function evaluated(
  round: number,
  gradients: number,
  accuracy: number,
  loss: number | 'Infinity' | 'NaN',
): SimulatedEvent {
  const scores = { precision: accuracy, recall: accuracy, f1: accuracy };
  return {
    type: 'evaluated',
    server: 'cloud',
    round,
    version: round,
    epoch: 0,
    gradients,
    split: 'test',
    accuracy,
    loss,
    macro: scores,
    micro: scores,
  };
}
