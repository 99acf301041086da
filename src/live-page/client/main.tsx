import { effect } from '@preact/signals';
import { render } from 'preact';
import {
  isFollowing,
  isPlaying,
  lastUs,
  nowUs,
  PACES,
  pace,
  seekTo,
  showNewest,
  startClock,
} from './clock.ts';
import { listenForKeys } from './keys.ts';
import { Page } from './page.tsx';
import { active, complaint, connection, feeds, startUs } from './page-state.ts';
import { isDark } from './palette.ts';
import { RunFeed } from './run-feed.ts';

/** Wall seconds that a replay shall take at most. */
const REPLAY_S = 90;

effect(() => {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
});

effect(() => {
  const heads = connection.heads.value;
  if (feeds.peek().length === 0 && heads.length > 0) void begin(heads.length);
  for (const feed of feeds.peek()) {
    const before = feed.head.peek();
    const head = heads[feed.run] ?? null;
    // A server that was started again reads the journal first: until then the page keeps what it knows.
    if (before?.readShare === null && head !== null && head.readShare !== null) continue;
    feed.head.value = head;
    const isOther = before !== null && head !== null && before.rereads !== head.rereads;
    if (!isOther) continue;
    feed.activities.forget();
    void showNewest();
  }
});

/** Reads everything again from the server, which may be another one now. */
let opened = 0;
effect(() => {
  const { value } = connection.opened;
  if (value > 1 && value !== opened) void resume();
  opened = value;
});

async function begin(count: number): Promise<void> {
  const heads = connection.heads.peek();
  const all = Array.from({ length: count }, (_, run) => new RunFeed(connection, run));
  for (const feed of all) feed.head.value = heads[feed.run] ?? null;
  feeds.value = all;
  if (active.peek() >= count) active.value = 0;
  const complain = (error: Error) => {
    complaint.value = error.message;
  };
  for (const feed of all) feed.begin().catch(complain);
  // A first picture, however long the journal is.
  await seekTo(0);
  await untilRead();
  for (const feed of all) feed.refreshSeries().catch(complain);
  const lastS = lastUs() / 1e6;
  pace.value = PACES.find((each) => lastS / each <= REPLAY_S) ?? PACES.at(-1)!;
  if (startUs !== null) await seekTo(startUs);
  else if (
    connection.heads.peek().some(({ status }) => status === 'running' || status === 'paused')
  ) {
    await showNewest();
  } else {
    await seekTo(0);
    isPlaying.value = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  }
}

/** Until the server has read all journals that were there when it was started. */
function untilRead(): Promise<void> {
  return new Promise((resolve) => {
    let isRead = false;
    const end = effect(() => {
      if (isRead || connection.heads.value.some(({ readShare }) => readShare !== null)) return;
      isRead = true;
      resolve();
    });
    if (isRead) end();
  });
}

async function resume(): Promise<void> {
  for (const feed of feeds.peek()) void feed.refreshSeries().catch(() => {});
  if (isFollowing.peek()) await showNewest();
  else await seekTo(nowUs());
}

/** Charts of a run in progress. */
setInterval(() => {
  if (connection.state.peek() !== 'open') return;
  for (const feed of feeds.peek()) {
    if (feed.head.peek()?.next !== feed.seriesOf) void feed.refreshSeries().catch(() => {});
  }
}, 1000);

listenForKeys();
startClock();
render(<Page />, document.getElementById('page')!);
