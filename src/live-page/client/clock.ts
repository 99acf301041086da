import { signal } from '@preact/signals';
import { complaint, connection, feeds } from './page-state.ts';

/** Simulated seconds in a second. */
export const PACES = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1000];
/** Each frame shows all that the page has read. */
export const FASTEST = Number.POSITIVE_INFINITY;
/** The longest frame that counts: a page that was in the background does not leap. */
const LONGEST_FRAME_MS = 200;
const TEXT_EVERY_MS = 100;

/** Simulation time that is shown, for texts: changed some times a second. */
export const shownUs = signal(0);
export const isPlaying = signal(false);
/** The newest moment of runs in progress is shown. */
export const isFollowing = signal(false);
export const pace = signal(10);

let timeUs = 0;
let lastMs = 0;
let shownAtMs = 0;
const painters = new Set<() => void>();

/** The exact time that is shown. */
export function nowUs(): number {
  return timeUs;
}

/** Called for each frame, once what is shown may have changed. Out: ends that. */
export function onFrame(paint: () => void): () => void {
  painters.add(paint);
  return () => painters.delete(paint);
}

export function lastUs(): number {
  return Math.max(0, ...feeds.value.map((feed) => feed.endUs));
}

/** Shows another moment of all runs. */
export async function seekTo(goalUs: number): Promise<void> {
  isFollowing.value = false;
  setTime(Math.min(Math.max(0, goalUs), lastUs()));
  await guarded(Promise.all(feeds.value.map((feed) => feed.seek({ timeUs }))));
}

/** Shows a run as it is once event `n` has happened, and the others at that time. */
export async function seekToEvent(run: number, n: number, atUs: number): Promise<void> {
  isFollowing.value = false;
  isPlaying.value = false;
  setTime(atUs);
  const goals = feeds.value.map((feed) =>
    feed.seek(feed.run === run ? { before: n + 1 } : { timeUs: atUs }),
  );
  await guarded(Promise.all(goals));
}

export async function showNewest(): Promise<void> {
  isFollowing.value = true;
  isPlaying.value = false;
  setTime(lastUs());
  await guarded(Promise.all(feeds.value.map((feed) => feed.seek({}))));
}

export function startClock(): void {
  const frame = (ms: number) => {
    const passedMs = Math.min(LONGEST_FRAME_MS, ms - lastMs);
    lastMs = ms;
    move(passedMs);
    if (ms - shownAtMs > TEXT_EVERY_MS && shownUs.peek() !== timeUs) {
      shownAtMs = ms;
      shownUs.value = timeUs;
    }
    for (const paint of painters) paint();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function move(passedMs: number): void {
  const all = feeds.peek();
  if (all.length === 0 || connection.state.peek() !== 'open') return;
  if (isFollowing.peek()) {
    const goalUs = lastUs();
    // The way to the newest moment takes as long as the next news.
    timeUs += (goalUs - timeUs) * Math.min(1, passedMs / 250);
    if (goalUs - timeUs < 1000) timeUs = goalUs;
    for (const feed of all) {
      if (feed.isFarBehind) void guarded(feed.seek({}));
      else feed.advance(timeUs);
    }
    return;
  }
  if (!isPlaying.peek()) return;
  const readyUs = Math.min(...all.map((feed) => feed.readyUs));
  const goalUs = pace.peek() === FASTEST ? FASTEST : timeUs + passedMs * 1000 * pace.peek();
  timeUs = Math.max(timeUs, Math.min(goalUs, readyUs, lastUs()));
  for (const feed of all) feed.advance(timeUs);
  // What is in progress brings more.
  if (timeUs >= lastUs() && !all.some((feed) => feed.isInProgress)) isPlaying.value = false;
}

function setTime(next: number): void {
  timeUs = next;
  shownUs.value = next;
}

async function guarded(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (connection.state.peek() === 'open') complaint.value = (error as Error).message;
  }
}
