import type { SimulatedLine } from '../../journal/events.ts';
import { type Column, csvOf } from '../format/columns.ts';

/** Load of one link over a run: vectors that were sent, those that were lost among them. */
export interface LinkFacts {
  /** The end nearer to the workers, and the other one. */
  lower: string;
  upper: string;
  /** Of the lower end: 1 is below the root. */
  level: number;
  upTransfers: number;
  upBytes: number;
  downTransfers: number;
  downBytes: number;
}

/** Counts the transfers of each link. */
export class TransferTally {
  readonly #links = new Map<string, LinkFacts>();

  add(line: SimulatedLine, levelOf: (node: string) => number): void {
    if (line.type === 'update-sent') {
      const link = this.#of(line.node, line.server, levelOf);
      link.upTransfers += 1;
      link.upBytes += line.bytes;
    } else if (line.type === 'model-sent') {
      const link = this.#of(line.to, line.node, levelOf);
      link.downTransfers += 1;
      link.downBytes += line.bytes;
    }
  }

  /** By level, in the order in which they were first used. */
  links(): LinkFacts[] {
    return [...this.#links.values()].sort((one, other) => one.level - other.level);
  }

  #of(lower: string, upper: string, levelOf: (node: string) => number): LinkFacts {
    const key = `${lower} ${upper}`;
    const link = this.#links.get(key) ?? {
      ...{ lower, upper, level: levelOf(lower) },
      ...{ upTransfers: 0, upBytes: 0, downTransfers: 0, downBytes: 0 },
    };
    this.#links.set(key, link);
    return link;
  }
}

export const linkColumns: readonly Column<LinkFacts>[] = [
  {
    name: 'lower',
    type: 'text',
    unit: null,
    meaning: 'end nearer to the workers',
    value: (row) => row.lower,
  },
  { name: 'upper', type: 'text', unit: null, meaning: 'other end', value: (row) => row.upper },
  {
    name: 'level',
    type: 'integer',
    unit: null,
    meaning: 'of the lower end: 1 is below the root',
    value: (row) => row.level,
  },
  {
    name: 'up_transfers',
    type: 'integer',
    unit: 'updates',
    meaning: 'sent up',
    value: (row) => row.upTransfers,
  },
  {
    name: 'up_bytes',
    type: 'integer',
    unit: 'bytes',
    meaning: 'of these, without headers and lost ones included',
    value: (row) => row.upBytes,
  },
  {
    name: 'down_transfers',
    type: 'integer',
    unit: 'models',
    meaning: 'sent down',
    value: (row) => row.downTransfers,
  },
  {
    name: 'down_bytes',
    type: 'integer',
    unit: 'bytes',
    meaning: 'of these, without headers and lost ones included',
    value: (row) => row.downBytes,
  },
];

/** links.csv: one line a link that carried a vector. */
export function linksCsv(links: readonly LinkFacts[]): string {
  return csvOf(linkColumns, links);
}
