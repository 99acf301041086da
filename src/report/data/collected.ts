import type { DataEvent } from '../../journal/data-events.ts';
import { type Column, csvOf } from '../format/columns.ts';
import type { OwnedData } from './owned-data.ts';

/** Samples that one worker has collected, in a region or in all. */
interface CollectedLine {
  worker: string;
  /** Null: of all regions, with what became of it. */
  region: string | null;
  samples: number;
  labels: readonly number[];
  /** Moments for a sample at which it was in no region. */
  outside: number | null;
  overwritten: number | null;
  left: number | null;
}

type SamplesCollected = Extract<DataEvent, { type: 'samples-collected' }>;

/** Adds up what workers have collected. */
export class CollectedTally {
  readonly #workers = new Map<string, SamplesCollected>();

  add(event: { type: string } | SamplesCollected): void {
    if (!isCollected(event)) return;
    const { worker, regions, outside, overwritten, left } = event;
    const sum = this.#workers.get(worker);
    if (sum === undefined) {
      this.#workers.set(worker, { ...event, regions: { ...regions } });
      return;
    }
    sum.outside += outside;
    sum.overwritten += overwritten;
    sum.left += left;
    for (const [region, labels] of Object.entries(regions)) {
      sum.regions[region] = added(sum.regions[region] ?? [], labels);
    }
  }

  /** By worker: its own line, then one for each region. */
  get lines(): CollectedLine[] {
    const workers = [...this.#workers.values()].sort((a, b) => (a.worker < b.worker ? -1 : 1));
    return workers.flatMap(({ worker, regions, outside, overwritten, left }) => {
      const lines = Object.entries(regions).map(([region, labels]): CollectedLine => {
        const none = { outside: null, overwritten: null, left: null };
        return { worker, region, samples: sumOf(labels), labels, ...none };
      });
      const labels = lines.reduce<readonly number[]>((sum, line) => added(sum, line.labels), []);
      const own = { worker, region: null, samples: sumOf(labels), labels };
      return [{ ...own, outside, overwritten, left }, ...lines];
    });
  }

  /** By region, or by worker. */
  owned(by: 'region' | 'worker'): OwnedData[] {
    const sums = new Map<string, readonly number[]>();
    for (const line of this.lines) {
      const owner = line.region === null ? (by === 'worker' ? line.worker : null) : line.region;
      if (owner === null || (by === 'worker') !== (line.region === null)) continue;
      sums.set(owner, added(sums.get(owner) ?? [], line.labels));
    }
    const owners = [...sums].map(([owner, labels]) => ({ owner, items: sumOf(labels), labels }));
    return by === 'worker' ? owners : owners.sort((a, b) => (a.owner < b.owner ? -1 : 1));
  }
}

function isCollected(event: { type: string }): event is SamplesCollected {
  return event.type === 'samples-collected';
}

function added(a: readonly number[], b: readonly number[]): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, label) => (a[label] ?? 0) + (b[label] ?? 0));
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** samples.csv: a line for each worker, and for each region in which it has collected. */
export function collectedCsv(lines: readonly CollectedLine[]): string {
  const labels = Math.max(0, ...lines.map((line) => line.labels.length));
  return csvOf(collectedColumns(labels), lines);
}

/** With a column for each label below that number. */
export function collectedColumns(labels: number): Column<CollectedLine>[] {
  const count = (name: 'outside' | 'overwritten' | 'left', meaning: string) => ({
    ...{ name, type: 'integer' as const, unit: 'samples', meaning },
    value: (line: CollectedLine) => line[name],
  });
  return [
    {
      ...{ name: 'worker', type: 'text', unit: null, value: ({ worker }) => worker },
      meaning: 'the worker that collected',
    },
    {
      ...{ name: 'region', type: 'text', unit: null, value: ({ region }) => region },
      meaning: 'where; empty: in all regions together',
    },
    {
      ...{ name: 'samples', type: 'integer', unit: 'samples', value: ({ samples }) => samples },
      meaning: 'collected there',
    },
    count('outside', 'moments for a sample at which it was in no region'),
    count('overwritten', 'that went for newer ones'),
    count('left', 'that left the map with it'),
    ...Array.from({ length: labels }, (_, label): Column<CollectedLine> => {
      return {
        ...{ name: `label${label}`, type: 'integer', unit: 'samples' },
        meaning: `samples of label ${label}`,
        value: (line) => line.labels[label] ?? 0,
      };
    }),
  ];
}
