import type { TimeUs } from './time.ts';

/** Events leave the queue by time, then by priority (lower first), then in the order of scheduling. */
interface QueueEntry<Event> {
  timeUs: TimeUs;
  priority: number;
  sequence: number;
  event: Event;
}

/** The whole state of a queue: plain data if its events are. */
export interface QueueState<Event> {
  /** A binary heap by (timeUs, priority, sequence). */
  heap: QueueEntry<Event>[];
  nextSequence: number;
}

export function emptyQueue<Event>(): QueueState<Event> {
  return { heap: [], nextSequence: 0 };
}

export function schedule<Event>(
  queue: QueueState<Event>,
  timeUs: TimeUs,
  event: Event,
  priority = 0,
): void {
  const entry = { timeUs, priority, sequence: queue.nextSequence, event };
  queue.nextSequence += 1;
  const { heap } = queue;
  let at = heap.length;
  heap.push(entry);
  // A new entry has the highest sequence number: among equals it stays below.
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent]!;
    if (above.timeUs < timeUs || (above.timeUs === timeUs && above.priority <= priority)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

/** The next entry, left in place; undefined when the queue is empty. */
export function nextEntry<Event>(queue: QueueState<Event>): QueueEntry<Event> | undefined {
  return queue.heap[0];
}

/** Removes and returns the next entry. */
export function takeNext<Event>(queue: QueueState<Event>): QueueEntry<Event> | undefined {
  const { heap } = queue;
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  const { length } = heap;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= length) break;
    if (child + 1 < length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}

/** Removes all events that match, and returns them in the order in which they would have left. */
export function takeAll<Event>(
  queue: QueueState<Event>,
  matches: (event: Event) => boolean,
): QueueEntry<Event>[] {
  // A sorted array is a heap.
  const sorted = queue.heap.toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
  queue.heap = sorted.filter(({ event }) => !matches(event));
  return sorted.filter(({ event }) => matches(event));
}

function isBefore(a: QueueEntry<unknown>, b: QueueEntry<unknown>): boolean {
  if (a.timeUs !== b.timeUs) return a.timeUs < b.timeUs;
  return a.priority === b.priority ? a.sequence < b.sequence : a.priority < b.priority;
}
