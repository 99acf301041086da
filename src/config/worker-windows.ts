import type { Config } from './config-schema.ts';

type Windows = NonNullable<Config['windows']>;

/** The windows of one worker: its own where it has some, else those of all. */
export function workerWindows(
  windows: Windows,
  worker: string,
): Pick<Windows, 'everyS' | 'items' | 'count' | 'queue'> {
  const { count, queue, everyS, items } = windows;
  const own = windows.workers[worker];
  const length =
    own?.everyS === undefined && own?.items === undefined ? { everyS, items } : undefined;
  return {
    count: own?.count ?? count,
    queue: own?.queue ?? queue,
    everyS: length === undefined ? own?.everyS : length.everyS,
    items: length === undefined ? own?.items : length.items,
  };
}
