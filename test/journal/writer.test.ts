import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import { JournalWriter, journalStart } from '#src/journal/writer.js';

function journal(start = journalStart()) {
  const written: string[] = [];
  const sink = { write: (text: string) => written.push(text) };
  const writer = new JournalWriter(sink, start, () => 1.25);
  return { writer, written, lines: () => written.map((line) => JSON.parse(line)) };
}

function shuffled(times: number): SimulatedEvent {
  return { type: 'data-reshuffled', owner: 'a', times };
}

const updated: SimulatedEvent = {
  type: 'updated',
  server: 'cloud',
  round: 1,
  version: 1,
  gradients: 10,
  learningRate: 0.5,
};

describe('the journal writer', () => {
  it('numbers simulated events and host events apart, one line each', () => {
    const { writer, written } = journal();
    writer.record(5, shuffled(1));
    writer.recordHost({ type: 'paused' });
    writer.record(6, shuffled(2));
    writer.recordHost({ type: 'continued' });
    expect(written).toEqual([
      '{"n":0,"timeUs":5,"type":"data-reshuffled","owner":"a","times":1}\n',
      '{"host":0,"wallTimeS":1.25,"type":"paused"}\n',
      '{"n":1,"timeUs":6,"type":"data-reshuffled","owner":"a","times":2}\n',
      '{"host":1,"wallTimeS":1.25,"type":"continued"}\n',
    ]);
  });

  it('holds events back behind one whose facts come late, so that it keeps its place', () => {
    const { writer, lines } = journal();
    writer.record(1, shuffled(1));
    writer.record(2, updated, 77);
    writer.record(3, shuffled(3));
    expect(lines()).toHaveLength(1);
    expect(writer.held).toBe(2);
    writer.settle(77, { applied: true, thetaNorm: 4 });
    expect(writer.held).toBe(0);
    expect(lines().slice(1)).toEqual([
      { n: 1, timeUs: 2, ...updated, applied: true, thetaNorm: 4 },
      { n: 2, timeUs: 3, ...shuffled(3) },
    ]);
  });

  it('writes late events in their own order, in whatever order their facts come', () => {
    const { writer, lines } = journal();
    for (const value of [10, 11, 12]) writer.record(value, updated, value);
    for (const value of [12, 10, 11]) writer.settle(value, { applied: value === 11 });
    expect(lines().map(({ timeUs, applied }) => [timeUs, applied])).toEqual([
      [10, false],
      [11, true],
      [12, false],
    ]);
  });

  it('settles every event that waits for one value, and minds no other', () => {
    const { writer, lines } = journal();
    writer.record(1, updated, 5);
    writer.record(2, updated, 5);
    writer.settle(6, { applied: false });
    expect(lines()).toEqual([]);
    writer.settle(5, { applied: true });
    expect(lines().map(({ applied }) => applied)).toEqual([true, true]);
  });

  it('hashes the simulated lines as they are written, and nothing else', () => {
    const { writer, written } = journal();
    writer.record(1, shuffled(1));
    writer.recordHost({ type: 'paused' });
    writer.record(2, updated, 5);
    writer.record(3, shuffled(2));
    const hashOf = (texts: string[]) => createHash('sha256').update(texts.join('')).digest('hex');
    expect(writer.hash).toBe(hashOf([written[0]!]));
    writer.settle(5, { applied: true });
    expect(writer.hash).toBe(hashOf([written[0]!, written[2]!, written[3]!]));
  });

  it('says on the host side when the numbers of an evaluation are there', () => {
    const { writer, lines } = journal();
    writer.record(
      0,
      {
        type: 'evaluated',
        server: 'cloud',
        round: 0,
        version: 0,
        epoch: 0,
        gradients: 0,
        split: 'test',
      },
      3,
    );
    writer.settle(3, { accuracy: 0.5 });
    expect(lines()[1]).toEqual({ host: 0, wallTimeS: 1.25, type: 'evaluation-done', event: 0 });
  });

  it('goes on with the numbers and the hash that it is given', () => {
    const whole = journal();
    whole.writer.record(1, shuffled(1));
    whole.writer.record(2, shuffled(2));
    const hash = createHash('sha256').update(whole.written[0]!);
    const later = journal({ ...journalStart(), nextEvent: 1, nextHostEvent: 4, hash });
    later.writer.record(2, shuffled(2));
    later.writer.recordHost({ type: 'paused' });
    expect(later.written[0]).toBe(whole.written[1]);
    expect(later.lines()[1]).toMatchObject({ host: 4 });
    expect(later.writer.hash).toBe(whole.writer.hash);
  });
});
