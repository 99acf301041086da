import { expect, it } from 'vitest';
import { RunControls } from '#src/cli/run-controls.js';
import type { Run } from '#src/run/run.js';

function controlled() {
  const told: string[] = [];
  const run = {
    progress: { simTimeS: 2.5 },
    processes: null,
    pause: async () => void told.push('pause'),
    continue: async () => void told.push('continue'),
    stop: () => void told.push('stop'),
  } as unknown as Run;
  const controls = new RunControls(run, (state) => told.push(state));
  return { controls, told };
}

it('pauses and goes on in turn, and says how the run stands', async () => {
  const { controls, told } = controlled();
  expect(controls.status()).toEqual({ state: 'running', simTimeS: 2.5 });
  await controls.toggle();
  expect(controls.status()).toMatchObject({ state: 'paused' });
  await controls.toggle();
  expect(controls.status()).toMatchObject({ state: 'running' });
  expect(told).toEqual(['pause', 'paused', 'continue', 'running']);
});

it.each(['continue', 'stop'] as const)(
  'lets a run that waits at a mark go on, by %s',
  async (word) => {
    const { controls, told } = controlled();
    const waiting = controls.waitAtMark();
    expect(controls.status()).toMatchObject({ state: 'paused' });
    await controls[word]();
    await waiting;
    // The run goes on by itself where it waited.
    expect(told).toEqual(
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
