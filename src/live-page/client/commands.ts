import type { StepMark } from '../../journal/marks.ts';
import { isFollowing, isPlaying, lastUs, nowUs, seekTo, seekToEvent } from './clock.ts';
import { activeFeed, complaint, connection, feeds } from './page-state.ts';
import { selectSubject } from './select-subject.ts';
import { clockText } from './texts.ts';

/** Steps that were asked for and are not done yet. */
const MOST_WAITING = 4;

/** Plays or pauses: the replay, or the run itself where its newest moment is shown. */
export async function goOn(): Promise<void> {
  const feed = activeFeed();
  if (feed === undefined) return;
  if (!isFollowing.peek()) {
    if (!isPlaying.peek() && nowUs() >= lastUs()) await seekTo(0);
    isPlaying.value = !isPlaying.peek();
    return;
  }
  const { isControllable = false, status } = feed.head.peek() ?? {};
  // A page that may only look stops its own clock.
  if (!isControllable) isFollowing.value = false;
  else await control(feed.run, status === 'paused' ? 'continue' : 'pause');
}

let underWay: Promise<void> = Promise.resolve();
let waiting = 0;

/**
 * Goes on to the next event, or to the next one with a mark; or back. At the newest moment of a run in
 * progress the run itself does that. A step begins where the one before has ended; of a key that is
 * held down, those are left out that come faster than they are done.
 */
export function stepBy(mark: StepMark | null, isBack = false): Promise<void> {
  if (waiting >= MOST_WAITING) return underWay;
  waiting += 1;
  underWay = underWay
    .then(() => step(mark, isBack))
    .catch((error: Error) => {
      complaint.value = error.message;
    })
    .finally(() => {
      waiting -= 1;
    });
  return underWay;
}

async function step(mark: StepMark | null, isBack: boolean): Promise<void> {
  const feed = activeFeed();
  const head = feed?.head.peek();
  if (feed === undefined || !head) return;
  const isRunItself = isFollowing.peek() && !isBack && head.isControllable;
  if (isRunItself) {
    if (head.status !== 'paused') await control(feed.run, 'pause');
    await control(feed.run, 'step', mark);
    return;
  }
  isPlaying.value = false;
  await feed.settled();
  const { next } = feed.state;
  // Before the last event that the state holds.
  const from = isBack ? next - 1 : next;
  if (mark === null) {
    await stepEvent(feed.run, from, isBack);
    return;
  }
  const question = { ask: 'find', mark, from, backwards: isBack } as const;
  const answer = await asked(() => connection.ask(feed.run, question));
  if (answer === null) return;
  if (answer.found === null) {
    const other = await asked(() =>
      connection.ask(feed.run, { ...question, from: isBack ? next : from - 1, backwards: !isBack }),
    );
    complaint.value = noneText(isBack, other?.found?.timeUs);
    return;
  }
  complaint.value = null;
  await seekToEvent(feed.run, answer.found.n, answer.found.timeUs);
  selectSubject(feed, answer.found);
}

/** None is in that direction; `otherUs`: when the nearest one in the other direction was. */
function noneText(isBack: boolean, otherUs: number | undefined): string {
  const none = `There is no such event ${isBack ? 'before' : 'after'} this moment`;
  if (otherUs === undefined) return `${none}, and none ${isBack ? 'after' : 'before'} it.`;
  return `${none}; ${isBack ? 'one after' : 'the last one before'} it is at ${clockText(otherUs)}: the same ${isBack ? 'without' : 'with'} Shift goes there.`;
}

async function stepEvent(run: number, from: number, isBack: boolean): Promise<void> {
  const wanted = isBack ? from - 1 : from;
  if (wanted < 0) return;
  const question = { ask: 'lines', from: wanted, limit: 1 } as const;
  const answer = await asked(() => connection.ask(run, question));
  const line = answer?.lines[0];
  if (line !== undefined && 'n' in line) await seekToEvent(run, line.n, line.timeUs);
}

/** Lets the run itself pause, go on or step. */
async function control(
  run: number,
  command: 'pause' | 'continue' | 'step',
  mark: StepMark | null = null,
): Promise<void> {
  const until = mark === null ? {} : { until: mark };
  await asked(() => connection.ask(run, { ask: 'control', command, ...until }));
}

export function isAnyInProgress(): boolean {
  return feeds.value.some((feed) => feed.isInProgress);
}

async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    complaint.value = (error as Error).message;
    return null;
  }
}
