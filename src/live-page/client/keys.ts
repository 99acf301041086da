import { lastUs, nowUs, seekTo, showNewest } from './clock.ts';
import { goOn, stepBy } from './commands.ts';
import { active, feeds, select, showsTimeline } from './page-state.ts';

/** Keys that work wherever no field wants them. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['Space', 'play or pause; of a run in progress: the run itself'],
  ['.', 'next event'],
  ['r', 'to the end of the next round'],
  ['h', 'to the next handover'],
  ['b', 'to the next aggregation with more Byzantine vectors than f'],
  ['m', 'to the next aggregation in which most vectors were Byzantine'],
  ['c', 'to the next crash or cut link'],
  ['d', 'to the next dropped or lost gradient'],
  ['x', 'to the next loss, model or vector that is not finite'],
  ['Shift and one of these', 'to the one before'],
  ['t', 'the timeline of computing, sending and waiting'],
  ['← →', 'ten seconds back or ahead'],
  ['Home, End', 'to the beginning, to the newest moment'],
  ['1 … 9', 'the run that inspector and log are about'],
  ['Escape', 'nothing is selected'],
];

const JUMP_US = 10_000_000;

export function listenForKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWanted(event)) return;
    if (!handle(event.key, event.shiftKey)) return;
    event.preventDefault();
  });
}

/** Keys by which a slider is moved. */
const SLIDER_KEYS = /^(Arrow|Page|Home$|End$)/;

/** Fields, sliders for their own keys, and buttons and boxes for the space bar, take keys themselves. */
function isWanted({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input[type=range]') !== null) return SLIDER_KEYS.test(key);
  const isField = target.closest('input:not([type=checkbox]), select, textarea') !== null;
  if (isField || target.closest('dialog') !== null) return true;
  const isMap = target.closest('[data-keys="map"]') !== null;
  if (isMap && key.startsWith('Arrow')) return true;
  return key === ' ' && target.closest('button, summary, a, input') !== null;
}

function handle(key: string, isBack: boolean): boolean {
  switch (key.toLowerCase()) {
    case ' ':
      void goOn();
      return true;
    case '.':
    case ':':
    case '>':
      void stepBy(null, isBack);
      return true;
    case 'r':
      void stepBy('round', isBack);
      return true;
    case 'h':
      void stepBy('handover', isBack);
      return true;
    case 'b':
      void stepBy('exceeded', isBack);
      return true;
    case 'm':
      void stepBy('majority', isBack);
      return true;
    case 'x':
      void stepBy('divergence', isBack);
      return true;
    case 'c':
      void stepBy('crash', isBack);
      return true;
    case 'd':
      void stepBy('dropped', isBack);
      return true;
    case 't':
      showsTimeline.value = !showsTimeline.peek();
      return true;
    case 'arrowleft':
      void seekTo(nowUs() - JUMP_US);
      return true;
    case 'arrowright':
      void seekTo(nowUs() + JUMP_US);
      return true;
    case 'home':
      void seekTo(0);
      return true;
    case 'end':
      void (feeds.peek().some((feed) => feed.isInProgress) ? showNewest() : seekTo(lastUs()));
      return true;
    case 'escape':
      select(null);
      return true;
    default:
      if (!/^[1-9]$/.test(key) || Number(key) > feeds.peek().length) return false;
      active.value = Number(key) - 1;
      return true;
  }
}
