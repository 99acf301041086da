import type { Problem } from '../../errors.ts';
import { slotNames } from '../../mobility/leases.ts';
import { adviceOnName } from '../../nearest-name.ts';
import type { QuickCheck } from './check.ts';

/** Windows of single workers: the workers are known, and each has one length that its items can have. */
export const checkOwnWindows: QuickCheck = ({ windows, mobility, sensors, data }, problem) => {
  const own = Object.entries(windows?.workers ?? {});
  if (own.length === 0) return [];
  const path = ['windows', 'workers'];
  const { count, mode } = mobility.workers;
  if (mode !== 'leased') {
    const found = 'workers that are not known before the run have the windows of all';
    return [problem(path, found, ['set mobility.workers.mode: leased, or leave it out'], 'key')];
  }
  const workers = slotNames(count);
  return own.flatMap(([worker, { everyS, items }]): Problem[] => {
    if (!workers.includes(worker)) {
      const advice = adviceOnName(worker, workers);
      return [problem([...path, worker], `no worker "${worker}"`, advice, 'key')];
    }
    if (everyS === undefined) return [];
    if (items !== undefined) {
      const found = 'a window has a length in seconds already';
      return [problem([...path, worker, 'items'], found, [], 'key')];
    }
    if (sensors !== undefined || data.regions !== undefined) return [];
    const found = 'nothing gives items over time';
    return [
      problem([...path, worker, 'everyS'], found, ['set `sensors`, data.regions or items'], 'key'),
    ];
  });
};
