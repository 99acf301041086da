// Prints one closing line for the test runner's own results together, "N passed, N failed".
// Exits with 1 when a result is missing, nothing passed in it, or anything failed or was skipped; but
// no package can make every machine start a Docker daemon: what needs one may be skipped.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let isSound = true;
for (const file of process.argv.slice(2)) {
  let result;
  try {
    result = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`no test result: ${error.message}`);
    isSound = false;
    continue;
  }
  const all = result.testResults.flatMap(({ assertionResults }) => assertionResults);
  const excused = all.filter(
    ({ status, ancestorTitles: [suite] }) =>
      !['passed', 'failed'].includes(status) && suite.endsWith('[where a Docker daemon starts]'),
  ).length;
  if (excused > 0) console.log(`${excused} skipped: no Docker daemon starts here`);
  const skipped = result.numPendingTests + result.numTodoTests - excused;
  if (skipped > 0) console.log(`${skipped} skipped, although nothing may be skipped here`);
  // A file that does not even load has no tests of its own; it counts as one failure.
  const brokenFiles = result.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  passed += result.numPassedTests;
  failed += result.numFailedTests + brokenFiles;
  isSound &&= skipped === 0 && result.numPassedTests > 0;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || !isSound ? 1 : 0);
