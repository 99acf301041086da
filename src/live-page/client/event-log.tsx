import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { SimulatedLine } from '../../journal/events.ts';
import type { StepMark } from '../../journal/marks.ts';
import { isPlaying, seekToEvent, shownUs } from './clock.ts';
import { stepBy } from './commands.ts';
import { activeFeed, connection } from './page-state.ts';
import { selectSubject } from './select-subject.ts';
import { clockText, describe, figure, subjectOf } from './texts.ts';

interface LogFilter {
  name: string;
  types?: string[];
  mark?: StepMark;
}

const FILTERS: readonly LogFilter[] = [
  { name: 'all events' },
  { name: 'aggregations', mark: 'aggregation' },
  { name: 'more than f', mark: 'exceeded' },
  { name: 'Byzantine majority', mark: 'majority' },
  { name: 'handovers', mark: 'handover' },
  { name: 'dropped or lost', mark: 'dropped' },
  { name: 'crashes and cuts', mark: 'crash' },
  { name: 'evaluations', mark: 'evaluation' },
  { name: 'not finite', mark: 'divergence' },
  {
    name: 'movement',
    types: ['enter-map', 'leave-map', 'enter-range', 'leave-range', 'associate'],
  },
  { name: 'gradients', types: ['gradient-started', 'gradient-ended'] },
  { name: 'results', types: ['result-ended', 'no-result', 'updated', 'round-ended'] },
  { name: 'trees', types: ['window-closed', 'window-trained', 'update-sent', 'update-ended'] },
];
const LINES_AT_ONCE = 60;
const PLAYING_EVERY_US = 2;

const filter = signal(0);
const node = signal('');

/** The events before the moment that is shown, the newest first. */
export function EventLog() {
  const [lines, setLines] = useState<SimulatedLine[]>([]);
  const [next, setNext] = useState<number | null>(null);
  const feed = activeFeed();
  const before = feed?.state.next ?? 0;
  void feed?.changes.value;
  void shownUs.value;
  const chosen = FILTERS[filter.value]!;
  const ask = async (from: number): Promise<SimulatedLine[]> => {
    const { types, mark } = chosen;
    const found: SimulatedLine[] = [];
    let upTo: number | null = from;
    while (upTo !== null && found.length < LINES_AT_ONCE) {
      const answer: { lines: unknown[]; next: number | null } = await connection.ask(feed!.run, {
        ...{ ask: 'log', before: upTo, limit: LINES_AT_ONCE - found.length },
        ...(types && { types }),
        ...(mark && { mark }),
        ...(node.value !== '' && { node: node.value }),
      });
      found.push(...(answer.lines as SimulatedLine[]));
      upTo = answer.next;
    }
    setNext(upTo);
    return found;
  };
  // While it plays, the log is read again from time to time.
  const tick = isPlaying.value ? Math.floor(shownUs.value / 1e6 / PLAYING_EVERY_US) : before;
  useEffect(() => {
    if (feed === undefined) return;
    let isCurrent = true;
    ask(feed.state.next).then(
      (found) => isCurrent && setLines(found),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [feed, tick, filter.value, node.value, connection.opened.value]);
  return (
    <section class="panel log" aria-label="Events">
      <div class="panel-head">
        <h2>Events</h2>
        <label class="field">
          <span class="hidden">Kinds of events</span>
          <select
            value={String(filter.value)}
            data-test="log-filter"
            onChange={({ currentTarget }) => {
              filter.value = Number(currentTarget.value);
            }}
          >
            {FILTERS.map(({ name }, index) => (
              <option key={name} value={String(index)}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span class="hidden">Of which node</span>
          <input
            type="text"
            placeholder="of which node"
            value={node.value}
            onChange={({ currentTarget }) => {
              node.value = currentTarget.value.trim();
            }}
          />
        </label>
      </div>
      <Counts />
      <ol class="lines" data-test="log">
        {lines.map((line) => (
          <li key={line.n}>
            <button type="button" class="line" title={describe(line)} onClick={() => open(line)}>
              <time>{clockText(line.timeUs)}</time>
              <b>{subjectOf(line)}</b> <span>{describe(line)}</span>
            </button>
          </li>
        ))}
        {next !== null && (
          <li>
            <button type="button" onClick={showEarlier}>
              Earlier ones
            </button>
          </li>
        )}
      </ol>
      {lines.length === 0 && (
        <p class="empty">
          No such event before this moment.{' '}
          {chosen.mark !== undefined && (
            <button
              type="button"
              class="link"
              onClick={(event) => void stepBy(chosen.mark!, event.shiftKey)}
            >
              Go to the next one
            </button>
          )}
        </p>
      )}
    </section>
  );

  function showEarlier(): void {
    void ask(next!).then(
      (more) => setLines([...lines, ...more]),
      () => {},
    );
  }

  function open(line: SimulatedLine): void {
    void seekToEvent(feed!.run, line.n, line.timeUs);
    selectSubject(feed!, line);
  }
}

/** How often what has happened up to this moment. */
function Counts() {
  const feed = activeFeed();
  void feed?.changes.value;
  if (feed === undefined) return null;
  const { counts } = feed.state;
  const parts: [string, number][] = [
    ['gradients', counts.started],
    ['aggregated', counts.aggregated],
    ['dropped', counts.dropped],
    ['lost', counts.lost],
    ['rounds', counts.rounds],
    ['handovers', counts.handovers],
    ['over f', counts.exceeded],
    ['crashes', counts.crashes],
  ];
  return (
    <dl class="counts">
      {parts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{figure(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
