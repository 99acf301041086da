import type { Reporter, TestModule } from 'vitest/node';

/** Lists what was skipped, after everything else. */
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    console.log('\nSkipped:');
    for (const test of skipped) {
      const result = test.result();
      const why = result.state === 'skipped' && result.note ? `: ${result.note}` : '';
      console.log(`  ${test.module.relativeModuleId}: ${test.fullName}${why}`);
    }
  }
}
