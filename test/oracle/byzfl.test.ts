import { describe } from 'vitest';
import { type Answer, askByzfl, testWithByzfl } from './ask-byzfl.ts';
import { attackComparisons } from './attack-comparisons.ts';
import { differences } from './differences.ts';
import { ruleComparisons } from './rule-comparisons.ts';
import { specialComparisons } from './special-comparisons.ts';

const test = testWithByzfl();
const titles = (comparisons: readonly { title: string }[]) => [
  ...new Set(comparisons.map(({ title }) => title)),
];

const all = [...ruleComparisons, ...specialComparisons, ...attackComparisons, ...differences];
let answers: readonly Answer[] | undefined;

/** Asks byzfl once, for all tests. */
function check(title: string): void {
  answers ??= askByzfl(all.map(({ call }) => call));
  for (const [index, comparison] of all.entries()) {
    if (comparison.title === title) comparison.check(answers[index]!, comparison.what);
  }
}

describe('rules that byzfl has too come to the same', () => {
  for (const title of titles([...ruleComparisons, ...specialComparisons])) {
    test(title, () => check(title));
  }
});

describe('attacks that byzfl has too forge the same vectors', () => {
  for (const title of titles(attackComparisons)) test(title, () => check(title));
});

describe('where byzfl 0.0.11 and a rule differ, as the rule says', () => {
  for (const title of titles(differences)) test(title, () => check(title));
});
