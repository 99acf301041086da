import { describe, expect, it } from 'vitest';
import { Gate } from '#src/gate.js';

/** Ends of those that wait, in the order of their ends. */
function waiting(gate: Gate, ...names: string[]): string[] {
  const ends: string[] = [];
  for (const name of names) {
    gate.wait().then(
      () => ends.push(`${name} goes on`),
      (error: Error) => ends.push(`${name}: ${error.message}`),
    );
  }
  return ends;
}

/** All promises that can settle have settled. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a gate', () => {
  it('lets all go on that wait, in the order in which they came', async () => {
    const gate = new Gate();
    const ends = waiting(gate, 'first', 'second');
    await settled();
    expect(ends).toEqual([]);
    gate.open();
    await settled();
    expect(ends).toEqual(['first goes on', 'second goes on']);
  });

  it('is closed again for those that come later', async () => {
    const gate = new Gate();
    gate.open();
    const ends = waiting(gate, 'late');
    await settled();
    expect(ends).toEqual([]);
  });

  it('fails all that wait and all that come later, with the first failure', async () => {
    const gate = new Gate();
    const ends = waiting(gate, 'early');
    expect(gate.hasFailed).toBe(false);
    gate.fail(new Error('broken'));
    gate.fail(new Error('broken again'));
    gate.open();
    const late = waiting(gate, 'late');
    await settled();
    expect([...ends, ...late]).toEqual(['early: broken', 'late: broken']);
    expect(gate.hasFailed).toBe(true);
  });

  it('takes those that come while it opens for the next time', async () => {
    const gate = new Gate();
    let rounds = 0;
    const again = (): void => {
      rounds += 1;
      void gate.wait().then(again);
    };
    void gate.wait().then(again);
    gate.open();
    await settled();
    expect(rounds).toBe(1);
  });
});
