import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { start } from '../cli/program.ts';
import { nobodyWorksIn } from '../deploy/deployed-run.ts';
import { configFile } from '../run/children.ts';
import { freshPath, isSound, journalOf } from '../run/run-folders.ts';
import { InProcessWorld } from '../worlds/in-process-world.ts';
import { type TinyInput, tinyConfig } from '../worlds/tiny-config.ts';
import { drawnFor, times } from './soak.ts';

const KILLS = times(100);
/** From before anything is there to when an undisturbed run has come some way. */
const MOST_MS = 6000;

const input: Partial<TinyInput> = {
  training: {
    maximumRounds: 1500,
    learningRate: 0.001,
    optimiser: { name: 'sgd', momentum: 0.9 },
  },
  checkpoints: { everyRounds: 25 },
};

it(`a virtual run killed with -9 at any moment comes to the same end, ${KILLS} kills`, async () => {
  const random = drawnFor('soak-virtual');
  const world = await InProcessWorld.open(tinyConfig(input));
  await world.run();
  const config = configFile(input);
  const folder = freshPath('soak');
  mkdirSync(folder);
  let runs = 1;
  let finished = 0;
  const counts = { 'before the run folder': 0, 'before a checkpoint': 0, later: 0 };
  const runDir = () => join(folder, `run-${runs}`);

  /** Starts the run, or goes on with it, on threads or with agents in processes of their own. */
  const begin = () => {
    // A folder that its run did not come to fill is given to `run` again, as the program says.
    const isNew = !existsSync(join(runDir(), 'config.resolved.yaml'));
    const first = isNew ? ['run', config, '--out', runDir()] : ['resume', runDir()];
    const how = [['--threads', '1'], ['--threads', '2'], ['pool.agents=2']][random.integer(3)]!;
    // A run that is resumed has the agents of its config.
    const more = isNew ? how : how.filter((word) => !word.startsWith('pool.'));
    const child = start([...first, ...more, '--json'], folder);
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };

  /** It came to its end before it could be killed, or at last. */
  const expectWhole = (outcome: { code: number | null; stdout: string; stderr: string }) => {
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    const { status, journalHash } = JSON.parse(outcome.stdout);
    expect([status, journalHash]).toEqual(['done', world.hash]);
    expect(isSound(journalOf(runDir()))).toBe(true);
    runs += 1;
    finished += 1;
  };

  for (let kills = 0; kills < KILLS; ) {
    const child = begin();
    await Promise.race([wait(random.float() * MOST_MS), child.outcome]);
    child.kill('SIGKILL');
    const outcome = await child.outcome;
    if (outcome.code !== null) {
      expectWhole(outcome);
      continue;
    }
    kills += 1;
    const checkpoints = join(runDir(), 'checkpoints');
    if (!existsSync(runDir())) counts['before the run folder'] += 1;
    else if (!existsSync(checkpoints) || readdirSync(checkpoints).length === 0)
      counts['before a checkpoint'] += 1;
    else counts.later += 1;
    await nobodyWorksIn(folder);
    if (kills % 20 === 0) console.log(`${kills} kills, ${finished} runs finished`);
  }
  expectWhole(await begin().outcome);
  await nobodyWorksIn(folder);
  console.log(counts);
});
