// count.mjs FILE…  prints the tests that failed and one closing line for the test runner's results
// together, "N passed, N failed".
// A test that several of them have counts once, by the last of them that ran it: so the results without
// the optional programs come before those with them. Exits with 1 when a result is missing or has no test
// that passed, and when a test failed or none of the results ran it; but no package can make every machine
// start a Docker daemon: what needs one may be skipped.
//
// count.mjs --skipped FILE  prints the test files of which a test was skipped, one a line.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The titles of a test that lacks something end with what it needs. */
const plain = (title) => title.replace(/ \[needs [^[]*\]$/, '');

/** Every test of a result: file, suite, name, status. */
function testsOf(path) {
  const { testResults } = JSON.parse(readFileSync(path, 'utf8'));
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative('.', name);
    // A file that does not even load has no tests of its own; it counts as one failure.
    if (status === 'failed' && assertionResults.length === 0) {
      return [{ file, suite: '', name: 'does not load', status, message }];
    }
    return assertionResults.map((test) => ({
      file,
      suite: test.ancestorTitles[0] ?? '',
      name: [...test.ancestorTitles, plain(test.title)].join(' > '),
      status: ['passed', 'failed'].includes(test.status) ? test.status : 'skipped',
      message: test.failureMessages?.[0] ?? '',
    }));
  });
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--skipped') {
  const skipped = testsOf(rest[0]).filter(({ status }) => status === 'skipped');
  for (const file of new Set(skipped.map((test) => test.file))) console.log(file);
  process.exit(0);
}

let isSound = true;
const all = new Map();
for (const path of [first, ...rest]) {
  let tests;
  try {
    tests = testsOf(path);
  } catch (error) {
    console.error(`no test result: ${error.message}`);
    isSound = false;
    continue;
  }
  isSound &&= tests.some(({ status }) => status === 'passed');
  // Tests of one title are told apart by their order.
  const times = new Map();
  for (const test of tests) {
    const title = `${test.file} > ${test.name}`;
    times.set(title, (times.get(title) ?? 0) + 1);
    const key = `${title} ${times.get(title)}`;
    const before = all.get(key);
    // A failure stays one, whatever comes after.
    if (before?.status === 'failed') continue;
    if (test.status !== 'skipped' || before === undefined) all.set(key, test);
  }
}
const count = (isSuch) => [...all.values()].filter(isSuch).length;
const isExcused = ({ suite }) => suite.endsWith('[where a Docker daemon starts]');
const excused = count((test) => test.status === 'skipped' && isExcused(test));
const skipped = count((test) => test.status === 'skipped' && !isExcused(test));
const passed = count(({ status }) => status === 'passed');
const failed = count(({ status }) => status === 'failed');
if (excused > 0) console.log(`${excused} skipped: no Docker daemon starts here`);
if (skipped > 0) console.log(`${skipped} skipped, although nothing may be skipped here`);
for (const test of all.values()) {
  if (test.status !== 'failed') continue;
  console.log(`failed: ${test.file} > ${test.name}`);
  // The head of the message: the whole stands where the test ran.
  for (const line of test.message.split('\n').slice(0, 12))
    console.log(`    ${line.slice(0, 200)}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || skipped > 0 || passed === 0 || !isSound ? 1 : 0);
