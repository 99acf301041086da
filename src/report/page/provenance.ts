import { fromHere } from './from-here.ts';
import { type DataTable, dataTable } from './page.ts';
import type { FoundProvenance } from './run-files.ts';

type Fact = readonly [what: string, value: string];

/** Where the numbers come from: program, inputs and machine, and facts of the caller's own. */
export function provenanceTable(
  provenance: FoundProvenance | null,
  more: readonly Fact[],
): DataTable {
  return dataTable(
    [...more, ...(provenance === null ? [] : factsOf(provenance))],
    [
      ['what', 'text', 'name of the fact', ([what]) => what],
      ['value', 'text', 'its value', ([, value]) => value],
    ],
  );
}

function factsOf({
  version,
  commit,
  node,
  engine,
  inputs,
  trace,
  machine,
}: FoundProvenance): Fact[] {
  const facts: (readonly [string, string | number | null | undefined])[] = [
    ['version of edgemlsim', version],
    ['commit', commit],
    ['Node.js', node],
    ['engine', engine],
    ['SHA-256 of the config', inputs?.config],
    ['SHA-256 of the trace', inputs?.trace],
    ['SHA-256 of the dataset', inputs?.dataset],
    ['trace', trace?.files?.map(fromHere).join(', ')],
    ...Object.entries(inputs?.files ?? {}).map(
      ([file, hash]) => [`SHA-256 of ${fromHere(file)}`, hash] as const,
    ),
    ['platform', machine?.platform],
    ['processor', machine?.cpu],
    ['cores', machine?.cores],
    ['memory (MiB)', machine?.memoryMiB],
  ];
  return facts.flatMap(([what, value]) =>
    value === undefined || value === null ? [] : [[what, `${value}`]],
  );
}
