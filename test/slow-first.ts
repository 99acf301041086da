import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longest, by what they wait for rather than by their length: begun last, they would
 * keep one worker busy when the others have nothing left.
 */
const SLOW = [
  'package.test.ts',
  'golden-hashes.test.ts',
  'cli/pool.test.ts',
  'cli/never-returns.test.ts',
  'cli/study.test.ts',
  'worlds/live/random-live-system.test.ts',
  'run/tfjs-runs.test.ts',
  'run/published-trees.test.ts',
  'worlds/live/published-trees.test.ts',
  'run/round-modes.test.ts',
  'run/own-application.test.ts',
  'worlds/live/random-losses.test.ts',
  'run/run-killed.test.ts',
  'cli/live-faults.test.ts',
  'cli/live.test.ts',
  'cli/cache.test.ts',
  'deploy/local.test.ts',
];

/** Begins with the slow files of a project; the others follow in Vitest's order. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    const isSlow = ({ moduleId }: TestSpecification) =>
      SLOW.some((name) => moduleId.endsWith(`/test/${name}`));
    return projects.flatMap((project) => {
      const own = sorted.filter((file) => file.project === project);
      return [...own.filter(isSlow), ...own.filter((file) => !isSlow(file))];
    });
  }
}
