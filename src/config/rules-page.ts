import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { needFormula } from '../rules/running/need.ts';
import { type BuiltInRule, builtInRules, FOLDERS, type RuleKind } from './choose-rules.ts';
import { expectation, jsonSchemaOf } from './json-schema.ts';

const HEAD = `# Built-in rules

Generated from the rules' own files by \`edgemlsim schema --rules\`: do not edit.

A config names a rule, and gives its options beside it. n is the number of vectors that an aggregation has,
f the declared number of byzantine ones among them, d the number of the model's parameters. Your own rule is a
file: [own-rule.md](own-rule.md).`;

const SECTIONS: [kind: RuleKind, title: string, place: string][] = [
  ['aggregator', 'Aggregators', '`layers.NAME.aggregate.rule`'],
  ['pre-aggregator', 'Pre-aggregators', '`layers.NAME.aggregate.before[].rule`, in their order'],
  ['staleness weight', 'Weights by staleness', '`layers.NAME.aggregate.stalenessWeight.rule`'],
  ['attack', 'Attacks', '`layers.NAME.attack.rule`'],
  [
    'trigger',
    'Triggers',
    '`layers.NAME.push.rule` and `layers.NAME.pull.rule`, in a tree of models',
  ],
  ['rule of participants', 'Participants', '`layers.NAME.participants.rule`, in a tree of models'],
  ['radio model', 'Radio models', '`mobility.radio.model`, besides `range`'],
  [
    'association policy',
    'Association policies',
    '`mobility.association.policy`, besides `nearest`',
  ],
  ['movement model', 'Movement models', '`mobility.model`, besides `trace` and `static`'],
];

/** The page of all built-in rules, as committed in docs/rules.md. */
export function rulesPage(): string {
  const sections = SECTIONS.map(([kind, title, place]) => {
    const rules = builtInRules[kind];
    const needs = rules.map(needOf);
    const hasNeeds = needs.some((need) => need !== null);
    const table = [
      hasNeeds ? '| name | what it is | needs n of at least |' : '| name | what it is |',
      hasNeeds ? '|---|---|---|' : '|---|---|',
      ...rules.map(({ name, summary }, index) => {
        const cells = [`[${name}](#${name})`, summary, ...(hasNeeds ? [needs[index]] : [])];
        return `| ${cells.join(' | ')} |`;
      }),
    ];
    return [
      `## ${title}`,
      `As ${place}.`,
      table.join('\n'),
      ...rules.map((rule) => ruleSection(kind, rule)),
    ].join('\n\n');
  });
  return `${[HEAD, ...sections].join('\n\n')}\n`;
}

function ruleSection(kind: RuleKind, { name, options }: BuiltInRule): string {
  const parts = [`### ${name}`, `\`\`\`text\n${docstringOf(kind, name)}\n\`\`\``];
  const properties = Object.entries(jsonSchemaOf(options ?? z.object({})).properties ?? {});
  if (properties.length > 0) {
    const rows = properties.map(([key, schema]) => {
      const standard = schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;
      const cells = [`\`${key}\``, expectation(schema), standard, schema.description ?? ''];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    });
    parts.push(['| option | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n'));
  }
  return parts.join('\n\n');
}

/** `2f + 1`, with the options' defaults; null for what needs no number of vectors. */
function needOf({ minimumInputs, options }: BuiltInRule): string | null {
  if (!minimumInputs) return null;
  const standard = options?.safeParse({}).data ?? {};
  const need = (f: number) => minimumInputs(f, standard);
  return needFormula(need) ?? String(need(0));
}

/** The comment before the rule's definition, without its stars: the declarations keep it. */
function docstringOf(kind: RuleKind, name: string): string {
  const file = new URL(`../../${FOLDERS[kind]}/${name}.d.ts`, import.meta.url);
  const found =
    /\/\*\*\n((?:(?!\*\/)[\s\S])*?) \*\/\n(?:declare const _default|export default)/.exec(
      readFileSync(file, 'utf8'),
    );
  return (found?.[1] ?? '').replaceAll(/^ \* ?/gm, '').trimEnd();
}
