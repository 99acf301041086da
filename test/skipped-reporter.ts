import type { Reporter, TestModule } from 'vitest/node';

/** How many tests of one file with one reason are still listed one by one. */
const LISTED = 5;

/** Lists what was skipped, after everything else. */
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    const groups = new Map<string, string[]>();
    for (const test of skipped) {
      const result = test.result();
      const why = result.state === 'skipped' && result.note ? `: ${result.note}` : '';
      const file = test.module.relativeModuleId;
      const [needs = why] = /\[needs .*\]$/.exec(test.fullName) ?? [];
      const group = `${file} ${needs}`;
      groups.set(group, [...(groups.get(group) ?? []), `${file}: ${test.fullName}${why}`]);
    }
    console.log(`\nSkipped: ${skipped.length}`);
    for (const [group, lines] of groups) {
      if (lines.length <= LISTED) for (const line of lines) console.log(`  ${line}`);
      else console.log(`  ${lines.length} tests of ${group}`);
    }
  }
}
