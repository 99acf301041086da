import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ArmsTable, type FollowedRun } from '#src/cli/arms-table.js';
import { cut, fittedLine } from '#src/cli/fitted-line.js';
import { PlainProgress } from '#src/cli/plain-progress.js';
import { ProgressLine } from '#src/cli/progress-line.js';
import { Remaining } from '#src/cli/remaining.js';
import { StudyProgress } from '#src/cli/study-progress.js';
import type { Progress } from '#src/run/run-summary.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const SECOND_MS = 1000;

/** A run a third of the way through, with the widest numbers that are usual. */
function progressAt(gradients: number): Progress {
  const fixed = { round: 12_345, simTimeS: 36_000, inRange: 123, accuracy: 0.9876, loss: 0.1 };
  return { ...fixed, gradients, gradientsAtEnd: 3000 };
}

class FakeStream {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly written: string[] = [];

  constructor(columns?: number) {
    this.isTTY = columns !== undefined;
    this.columns = columns;
  }

  write(text: string): boolean {
    this.written.push(text);
    return true;
  }

  /** The drawn line, each time that it was drawn. */
  get lines(): string[] {
    return this.written.map(stripVTControlCharacters).filter((text) => text.trim() !== '');
  }
}

const asTerminal = (stream: FakeStream) => stream as unknown as WriteStream;

test('parts of a line are shortened from the least important on, then the end is cut', () => {
  const parts = [
    { forms: ['round 7'], rank: 2 },
    { forms: ['five in range', '5', ''], rank: 0 },
    { forms: ['a minute left', ''], rank: 1 },
  ];
  const at = (width: number) => fittedLine(parts, width, ', ');
  expect(at(80)).toBe('round 7, five in range, a minute left');
  expect(at(30)).toBe('round 7, 5, a minute left');
  expect(at(23)).toBe('round 7, a minute left');
  expect(at(10)).toBe('round 7');
  expect(at(5)).toBe('roun…');
  expect(cut('abc', 3)).toBe('abc');
});

test('colours take no room', () => {
  const paint = (text: string) => `\u001b[36m${text}\u001b[39m`;
  expect(fittedLine([{ forms: ['12345', '1'], rank: 0, paint }], 5, '')).toBe(paint('12345'));
});

test('there is no estimate until something has grown, and it counts down until that grows again', () => {
  const remaining = new Remaining(10, 20, 0);
  expect(remaining.secondsLeft(60_000)).toBeNull();
  // Two of ten in 100 s: 400 s for the other eight.
  remaining.reach(12, 100_000);
  expect(remaining.secondsLeft(100_000)).toBe(400);
  expect(remaining.secondsLeft(150_000)).toBe(350);
  expect(remaining.secondsLeft(501_000)).toBeNull();
  // Five of ten in 600 s.
  remaining.reach(15, 600_000);
  expect(remaining.secondsLeft(600_000)).toBe(600);
});

for (const columns of [40, 80, 120]) {
  test(`a terminal of ${columns} columns shows the share, and the time left unless it is too small`, () => {
    const stream = new FakeStream(columns);
    const line = new ProgressLine(asTerminal(stream));
    line.show(progressAt(0));
    vi.advanceTimersByTime(100 * SECOND_MS);
    line.show(progressAt(1000));
    vi.advanceTimersByTime(SECOND_MS);
    line.stop();
    for (const shown of stream.lines) expect(shown.length).toBeLessThan(columns);
    expect(stream.lines[0]).not.toContain('left');
    expect(stream.lines.at(-1)).toMatch(/33 %.* \| 0:03:19 left$/);
    expect(stream.lines.at(-1)!.includes('in range')).toBe(columns === 120);
  });
}

test('a terminal says what is being done before a run goes on, and clears that away', () => {
  const stream = new FakeStream(20);
  const line = new ProgressLine(asTerminal(stream));
  line.step('reading a file with a long name');
  line.started('runs/a');
  line.stop();
  expect(stream.lines).toEqual([
    expect.stringMatching(/reading a file wit…$/),
    'run folder: runs/a\n',
  ]);
  expect(stream.written.at(-2)).toBe('\r\u001b[K');
});

test('without a terminal the run folder comes first, then a plain line each ten seconds', () => {
  const lines: string[] = [];
  const progress = new PlainProgress((line) => lines.push(line));
  progress.step('reading the trace');
  vi.advanceTimersByTime(9 * SECOND_MS);
  expect(lines).toEqual([]);
  progress.started('runs/a');
  progress.show(progressAt(0));
  vi.advanceTimersByTime(SECOND_MS);
  progress.setPaused(true);
  vi.advanceTimersByTime(10 * SECOND_MS);
  progress.setPaused(false);
  progress.show(progressAt(1000));
  vi.advanceTimersByTime(5 * SECOND_MS);
  progress.show(progressAt(1500));
  vi.advanceTimersByTime(5 * SECOND_MS);
  progress.stop();
  vi.advanceTimersByTime(60 * SECOND_MS);
  const facts = 'round 12345, 10:00:00 simulated, 123 in range, accuracy 98.76 %';
  expect(lines).toEqual([
    'run folder: runs/a',
    `0 %, ${facts}`,
    `paused, 0 %, ${facts}`,
    // 500 of the other 2000 in five seconds, asked five seconds later.
    `50 %, ${facts}, 0:00:10 left`,
  ]);
});

test('a slow start is reported without a terminal, too', () => {
  const lines: string[] = [];
  const progress = new PlainProgress((line) => lines.push(line));
  progress.step('reading the trace');
  vi.advanceTimersByTime(10 * SECOND_MS);
  progress.stop();
  expect(lines).toEqual(['reading the trace …']);
});

/** A study's runs, the first ones completed. */
function runsOf(arms: readonly string[], seeds: number, completed = 0): FollowedRun[] {
  const all = arms.flatMap((arm) =>
    Array.from({ length: seeds }, (_, index) => ({ arm, folder: `${arm}/seed-${index + 1}` })),
  );
  return all.map((run, index) => {
    const state = index < completed ? ('completed' as const) : ('waiting' as const);
    return { ...run, state, accuracy: null, share: 0 };
  });
}

test('a study shows no time left before a run of it has ended, and fits the terminal', () => {
  const stream = new FakeStream(80);
  const long = 'a-long-name-of-an-arm'.repeat(4);
  const progress = new StudyProgress(asTerminal(stream), runsOf([long], 12));
  progress.started(`${long}/seed-1`);
  vi.advanceTimersByTime(60 * SECOND_MS);
  const before = stream.lines.at(-1)!;
  progress.ended(`${long}/seed-2`, { state: 'completed', accuracy: 0.5 });
  vi.advanceTimersByTime(SECOND_MS);
  progress.stop();
  expect(before).toMatch(/^─+ 0 of 12 runs done \| a-long-name/);
  expect(before).not.toContain('left');
  expect(stream.lines.at(-1)).toMatch(/1 of 12 runs done \| 0:1[01]:\d\d left/);
  for (const shown of stream.lines) expect(shown.length).toBeLessThan(80);
});

test('a study away from a terminal writes a plain line each ten seconds', () => {
  const stream = new FakeStream();
  const progress = new StudyProgress(asTerminal(stream), runsOf(['mean'], 3, 1));
  progress.started('mean/seed-2');
  vi.advanceTimersByTime(10 * SECOND_MS);
  progress.ended('mean/seed-2', { state: 'completed', accuracy: null });
  progress.stop();
  vi.advanceTimersByTime(60 * SECOND_MS);
  expect(stream.written).toEqual(['1 of 3 runs done, mean/seed-2\n']);
});

test('arms are reported with the best so far first, then those under way', () => {
  const arms = new ArmsTable(runsOf(['mean', 'krum', 'median'], 2));
  arms.change('mean/seed-1', { state: 'running', share: 0.5, accuracy: 0.2 });
  arms.change('krum/seed-1', { state: 'failed' });
  arms.change('median/seed-1', { state: 'completed', accuracy: 0.8 });
  // Measurements of a run that goes on count for less than those of one that is over.
  arms.change('median/seed-2', { state: 'running', share: 0.25, accuracy: 0.1 });
  expect(arms.lines(5, 80)).toEqual([
    'median  1 of 2 done, 1 running, accuracy 80.00 %, best so far',
    'mean    0 of 2 done, 1 running, accuracy 20.00 %',
    'krum    0 of 2 done, 1 failed',
  ]);
  expect(arms.lines(1, 80)).toHaveLength(1);
  // Two are over, and half and a quarter of two others are done.
  expect(arms.done).toBe(2.75);
});

test('arms with long names have their counts below each other', () => {
  const long = 'a name of an arm that no terminal has room for';
  const arms = new ArmsTable(runsOf(['near-median, one-in-five-moving', 'mean', long], 2));
  const [first, ...others] = arms.lines(5, 80).map((line) => line.indexOf('0 of 2 done'));
  expect(first).toBe(34 + 2);
  expect(others).toEqual([first, first]);
  expect(arms.lines(5, 80)[0]).toContain('near-median, one-in-five-moving ');
});
