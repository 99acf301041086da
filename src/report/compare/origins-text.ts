import type { Differing, OriginDifferences } from './origins.ts';

/** Characters of a value where a line has no end. */
const LONGEST_VALUE = 120;

const PARTS = ['config', 'inputs', 'versions', 'machine'] as const;

/**
 * Differences of runs or studies, as lines of at most `width` characters: values on the line of
 * what they are of, divided by bars, or below it where they are too long. `unknown`: names of those
 * whose folders lack a config or provenance.json.
 */
export function originsText(
  names: readonly string[],
  differences: OriginDifferences,
  { unknown, width }: { unknown: readonly string[]; width: number },
): string {
  const parts = PARTS.filter((part) => differences[part].length > 0);
  const missing = unknown.map(
    (name) => `${name}: no config.resolved.yaml or provenance.json, so differences are unknown`,
  );
  const lines = parts.flatMap((part) => [
    part,
    ...differences[part].flatMap((each) => differingLines(each, names, width)),
  ]);
  if (parts.length === 0 && unknown.length === 0) {
    return 'no difference of config, inputs, versions and machine\n';
  }
  if (parts.length > 0) lines.unshift(`what differs: ${names.join(' | ')}`);
  return `${[...missing, ...lines].join('\n')}\n`;
}

function differingLines({ what, values }: Differing, names: readonly string[], width: number) {
  const shown = values.map((value) => (value === '' ? '(none)' : value));
  const flat = `  ${what}: ${shown.join(' | ')}`;
  if (flat.length <= Math.min(width, LONGEST_VALUE)) return [flat];
  const longest = Math.max(...names.map((name) => name.length));
  return [
    `  ${what}`,
    ...shown.map((value, index) =>
      cut(`    ${names[index]!.padEnd(longest)}  ${value}`, Math.min(width, LONGEST_VALUE)),
    ),
  ];
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
