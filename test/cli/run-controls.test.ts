import { expect, it } from 'vitest';
import { RunControls } from '#src/cli/run-controls.js';
import type { Run } from '#src/run/run.js';

function controlled() {
  const calls: string[] = [];
  const run = {
    progress: { simTimeS: 2.5 },
    processes: null,
    pause: async () => void calls.push('pause'),
    continue: async () => void calls.push('continue'),
    stop: () => void calls.push('stop'),
  } as unknown as Run;
  const controls = new RunControls(run, (state) => calls.push(state));
  return { controls, calls };
}

it('pauses and goes on in turn, and says how the run stands', async () => {
  const { controls, calls } = controlled();
  expect(controls.status()).toEqual({ state: 'running', simTimeS: 2.5 });
  await controls.toggle();
  expect(controls.status()).toMatchObject({ state: 'paused' });
  await controls.toggle();
  expect(controls.status()).toMatchObject({ state: 'running' });
  expect(calls).toEqual(['pause', 'paused', 'continue', 'running']);
});

it.each(['continue', 'stop'] as const)(
  'lets a run that waits at a mark go on, by %s',
  async (word) => {
    const { controls, calls } = controlled();
    const waiting = controls.waitAtMark();
    expect(controls.status()).toMatchObject({ state: 'paused' });
    await controls[word]();
    await waiting;
    // The run goes on by itself where it waited.
    expect(calls).toEqual(
      word === 'continue' ? ['paused', 'running'] : ['paused', 'stopping', 'stop'],
    );
  },
);

it('does not wait at a mark of a run that is asked to stop', async () => {
  const { controls } = controlled();
  controls.stop();
  await controls.waitAtMark();
  expect(controls.status()).toMatchObject({ state: 'stopping' });
});
