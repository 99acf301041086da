/** A task of a compute thread: when the main thread sent it, when it ran, when its result was there. */
export interface NotedTask {
  kind: 'gradient' | 'edge' | 'cloud' | 'update';
  postedMs: number;
  fromMs: number;
  toMs: number;
  receivedMs: number;
}

interface Span {
  fromMs: number;
  toMs: number;
}

/** Tasks in the order in which they ran, and when the main thread was busy. */
export interface NotedRun {
  threads: NotedTask[][];
  main: Span[];
}

/** What the threads of a round were there for, in milliseconds of all threads together. */
export const SHARES = {
  gradients: 'gradients',
  aggregates: 'aggregates of edge servers',
  cloud: 'aggregate and update of the cloud',
  unevenEnd: 'waiting for the last gradients and aggregates of the other thread',
  otherCloud: 'waiting for the aggregate and update of the cloud, in the other thread',
  hops: 'waiting for results to get to the main thread, and tasks back',
} as const;
export type Shares = Record<keyof typeof SHARES, number>;

/** From one update of the model to the next. */
export interface Round extends Span, NotedRun {}

/** The rounds of a run; what came before its first update is left out. */
export function roundsOf({ threads, main }: NotedRun): Round[] {
  const ends = threads
    .flatMap((tasks) => tasks.filter(({ kind }) => kind === 'update').map(({ toMs }) => toMs))
    .sort((a, b) => a - b);
  return ends.slice(1).map((toMs, index) => {
    const fromMs = ends[index]!;
    const isIn = (span: Span) => span.toMs > fromMs && span.fromMs < toMs;
    const cut = <One extends Span>(span: One): One => ({
      ...span,
      fromMs: Math.max(span.fromMs, fromMs),
      toMs: Math.min(span.toMs, toMs),
    });
    return {
      ...{ fromMs, toMs },
      threads: threads.map((tasks) => tasks.filter(isIn).map(cut)),
      main: main.filter(isIn).map(cut),
    };
  });
}

/**
 * Of each moment in which a thread has no task: it waits for hops while a gradient of the round has not
 * begun anywhere (it is there, but not in this thread), or while no thread has a task; else for the task
 * of the other thread.
 */
export function sharesOf({ fromMs, toMs, threads }: Round): Shares {
  const shares: Shares = {
    ...{ gradients: 0, aggregates: 0, cloud: 0, unevenEnd: 0, otherCloud: 0, hops: 0 },
  };
  const lastBeginMs = Math.max(
    ...threads.flat().flatMap(({ kind, fromMs }) => (kind === 'gradient' ? [fromMs] : [])),
  );
  const times = threads.flat().flatMap((task) => [task.fromMs, task.toMs]);
  const moments = [...new Set([fromMs, ...times, toMs])].sort((a, b) => a - b);
  for (const [index, momentMs] of moments.slice(0, -1).entries()) {
    const lengthMs = moments[index + 1]! - momentMs;
    const running = threads.map((tasks) =>
      tasks.find((task) => task.fromMs <= momentMs && task.toMs > momentMs),
    );
    const others = running.flatMap((task) => task?.kind ?? []);
    for (const task of running) {
      if (task !== undefined) shares[shareOf(task.kind)] += lengthMs;
      else if (momentMs < lastBeginMs || others.length === 0) shares.hops += lengthMs;
      else if (others.some((kind) => shareOf(kind) !== 'cloud')) shares.unevenEnd += lengthMs;
      else shares.otherCloud += lengthMs;
    }
  }
  return shares;
}

function shareOf(kind: NotedTask['kind']): 'gradients' | 'aggregates' | 'cloud' {
  if (kind === 'gradient') return 'gradients';
  return kind === 'edge' ? 'aggregates' : 'cloud';
}
