import type { StepMark } from '../../journal/marks.ts';
import {
  FASTEST,
  isFollowing,
  isPlaying,
  lastUs,
  PACES,
  pace,
  seekTo,
  showNewest,
  shownUs,
} from './clock.ts';
import { goOn, isAnyInProgress, stepBy } from './commands.ts';
import { MarkStrip } from './mark-strip.tsx';
import { activeFeed } from './page-state.ts';
import { clockText } from './texts.ts';

const STEPS: readonly (readonly [mark: StepMark | null, name: string, title: string])[] = [
  [null, 'event', 'Next event (.)'],
  ['round', 'round', 'End of the next round (r)'],
  ['aggregation', 'aggregation', 'Next aggregation'],
  ['exceeded', 'over f', 'Next aggregation with more Byzantine vectors than f (b)'],
  ['majority', 'Byzantine majority', 'Next aggregation in which most vectors were Byzantine (m)'],
  ['handover', 'handover', 'Next handover (h)'],
  ['dropped', 'drop', 'Next dropped or lost gradient (d)'],
  ['crash', 'crash', 'Next crash or cut link (c)'],
  ['evaluation', 'evaluation', 'Next evaluation'],
  ['divergence', 'divergence', 'Next loss, model or vector that is not finite (x)'],
];

export function TimeControls() {
  const endUs = lastUs();
  const isLive = isFollowing.value;
  const { status, isControllable = false } = activeFeed()?.head.value ?? {};
  const isGoing = isLive ? status === 'running' : isPlaying.value;
  return (
    <footer class="controls">
      <div class="buttons">
        <button
          type="button"
          class="main-button"
          onClick={() => void goOn()}
          title="Space"
          data-test="play"
        >
          {isGoing ? '❚❚ ' : '▶ '}
          {isGoing ? 'Pause' : isLive ? 'Continue' : 'Play'}
          {isLive && isControllable ? ' run' : ''}
        </button>
        {!isLive && (
          <label class="field">
            <span>Pace</span>
            <select
              value={String(pace.value)}
              class="pace"
              data-test="pace"
              onChange={({ currentTarget }) => {
                pace.value = Number(currentTarget.value);
              }}
            >
              {PACES.map((each) => (
                <option key={each} value={String(each)}>
                  {each}×
                </option>
              ))}
              <option value={String(FASTEST)}>as fast as possible</option>
            </select>
          </label>
        )}
        {isAnyInProgress() && (
          <button type="button" aria-pressed={isLive} onClick={() => void showNewest()}>
            Newest
          </button>
        )}
        <fieldset class="steps" aria-label="Go to the next">
          <span class="steps-name">Next</span>
          {STEPS.map(([mark, name, title]) => (
            <button
              type="button"
              key={name}
              title={title}
              data-step={mark ?? 'event'}
              onClick={(event) => void stepBy(mark, event.shiftKey)}
            >
              {name}
            </button>
          ))}
        </fieldset>
      </div>
      <div class="time">
        <MarkStrip />
        <input
          type="range"
          aria-label="Simulation time"
          aria-valuetext={clockText(shownUs.value)}
          min={0}
          max={Math.max(1, endUs)}
          step="any"
          value={shownUs.value}
          onInput={({ currentTarget }) => {
            isPlaying.value = false;
            void seekTo(Number(currentTarget.value));
          }}
        />
        <span class="end">{clockText(endUs)}</span>
      </div>
    </footer>
  );
}
