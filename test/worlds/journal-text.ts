import type { JournalLine, SimulatedLine } from '#src/journal/events.js';
import { RunTally } from '#src/report/run/run-record.js';

/** The text of a journal that is being written, and its lines. */
export class JournalText {
  text: string;
  /** The lines before this place: who waits for a line asks for all of them often. */
  #read: { lines: JournalLine[]; to: number } = { lines: [], to: 0 };

  constructor(text = '') {
    this.text = text;
  }

  write(text: string): void {
    this.text += text;
  }

  /** So far. The last one may be half written, and is left out. */
  get lines(): JournalLine[] {
    return [...this.#readOn()];
  }

  get simulated(): SimulatedLine[] {
    return this.#readOn().filter((line): line is SimulatedLine => 'n' in line);
  }

  /** The record that the reports make of it. */
  get record(): ReturnType<RunTally['record']> {
    const tally = new RunTally();
    for (const line of this.#readOn()) tally.add(line);
    return tally.record();
  }

  #readOn(): JournalLine[] {
    const { lines, to } = this.#read;
    const whole = this.text.lastIndexOf('\n') + 1;
    for (const line of parseLines(this.text.slice(to, whole))) lines.push(line);
    this.#read.to = whole;
    return lines;
  }
}

export function parseLines(text: string): JournalLine[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JournalLine);
}
