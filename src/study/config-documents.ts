import { configSchema } from '../config/config-schema.ts';
import { branchesOf, expectation, type JsonSchema, jsonSchemaOf } from '../config/json-schema.ts';
import { studySchema } from './study-schema.ts';

/** The JSON Schema that editors use, as committed in configs/experiment.schema.json. */
export function configJsonSchema(): string {
  const schema = { title: 'An experiment of edgemlsim', ...jsonSchemaOf(configSchema) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The same for studies, as committed in configs/study.schema.json. */
export function studyJsonSchema(): string {
  const schema = { title: 'A study of edgemlsim', ...jsonSchemaOf(studySchema) };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The page of all options, as committed in docs/options.md. */
export function optionsPage(): string {
  const root = jsonSchemaOf(configSchema);
  const sections = Object.entries(root.properties ?? {})
    .filter(([key]) => key !== '$schema')
    .map(([key, schema]) => section(key, schema, root.required?.includes(key) ?? false));
  return `${[HEAD, ...sections].join('\n\n')}\n`;
}

const HEAD = `# Options of an experiment

Generated from the config's schema by \`edgemlsim schema --markdown\`: do not edit.

Each row is a path as it stands in the YAML file and in overrides (\`training.epochs=2\`). In a list,
\`[]\` stands for an item: overrides name it by its index, or a server by its id
(\`servers.common-tremont.rangeM=100\`). A value of \`null\` says none: it takes a
section away, or a key that may be left out to mean none. Where a default would take its place it is
refused. Relative paths start at the folder of the config file.`;

function section(key: string, schema: JsonSchema, required: boolean): string {
  const rows = rowsOf(key, schema, required);
  const table = [
    '| option | value | default | meaning |',
    '|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.map(escaped).join(' | ')} |`),
  ];
  return [
    `## ${key}`,
    ...(schema.description ? [`${schema.description}`] : []),
    table.join('\n'),
  ].join('\n\n');
}

type OptionRow = [option: string, value: string, standard: string, meaning: string];

function rowsOf(path: string, schema: JsonSchema, required: boolean): OptionRow[] {
  const branches = branchesOf(schema);
  if (branches.length > 1) return unionRows(path, schema, branches, required);
  if (schema.type === 'array' && schema.items && isMap(schema.items)) {
    return childRows(`${path}[]`, schema.items);
  }
  if (schema.type === 'array') return keyRows(path, schema);
  if (!isMap(schema)) return [row(path, schema, required)];
  const children = childRows(path, schema);
  return children.length === 0 ? [row(path, schema, required)] : children;
}

function childRows(path: string, schema: JsonSchema): OptionRow[] {
  const firstPaths = new Map<string, string>();
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, child]): OptionRow[] => {
    const at = `${path}.${key}`;
    const { description = '', default: _, ...shape } = child;
    const first = firstPaths.get(JSON.stringify(shape));
    if (isMap(child) && first) return [[`\`${at}\``, `as \`${first}\``, '', description]];
    firstPaths.set(JSON.stringify(shape), at);
    const rows = rowsOf(at, child, schema.required?.includes(key) ?? false);
    const title: OptionRow[] =
      rows.length > 1 && description ? [[`\`${at}\``, '', '', description]] : [];
    return [...(isMap(child) ? title : []), ...rows];
  });
  if (typeof schema.additionalProperties !== 'object' || own.length === 0) return own;
  // A map with named and free keys: the free ones are of the first named one's kind.
  const [first] = Object.keys(schema.properties ?? {});
  return [...own, [`\`${path}.NAME\``, `as \`${path}.${first}\``, '', 'any other layer']];
}

/** The union itself, then the keys of its map branches that say more than their name. */
function unionRows(
  path: string,
  schema: JsonSchema,
  branches: JsonSchema[],
  required: boolean,
): OptionRow[] {
  return [row(path, schema, required), ...branchRows(path, branches)];
}

function branchRows(path: string, branches: JsonSchema[]): OptionRow[] {
  const byKey = new Map<string, Map<string, { rows: OptionRow[]; tags: string[] }>>();
  for (const branch of branches) {
    const entries = Object.entries(branch.properties ?? {});
    const tag = entries.find(([, child]) => child.const !== undefined);
    for (const [key, child] of entries) {
      if (child.const !== undefined || !child.description) continue;
      const rows = keyRows(`${path}.${key}`, child);
      const variants = byKey.get(key) ?? new Map();
      byKey.set(key, variants);
      const variant = variants.get(JSON.stringify(rows)) ?? { rows, tags: [] };
      variants.set(JSON.stringify(rows), variant);
      if (tag) variant.tags.push(String(tag[1].const));
    }
  }
  return [...byKey.values()].flatMap((variants) =>
    [...variants.values()].flatMap(({ rows, tags }) => {
      const [[option, value, standard, meaning], ...more] = rows as [OptionRow, ...OptionRow[]];
      // A key that means several things says of which branch each is.
      const of = variants.size > 1 && tags.length > 0 ? ` (${tags.join(', ')})` : '';
      return [[option, value, standard, `${meaning}${of}`] as OptionRow, ...more];
    }),
  );
}

/** A key; of a list of different maps, and of a map, their keys too. */
function keyRows(path: string, schema: JsonSchema): OptionRow[] {
  const items = schema.type === 'array' && schema.items ? branchesOf(schema.items) : [];
  const own = row(path, schema, false);
  if (isMap(schema)) return [own, ...childRows(path, schema)];
  return items.length > 1 ? [own, ...branchRows(`${path}[]`, items)] : [own];
}

function row(path: string, schema: JsonSchema, required: boolean): OptionRow {
  const standard =
    schema.default === undefined
      ? (schema.defaultText ?? (required ? 'required' : ''))
      : `\`${JSON.stringify(schema.default)}\``;
  return [`\`${path}\``, expectation(schema), standard, schema.description ?? ''];
}

function isMap(schema: JsonSchema): boolean {
  return schema.type === 'object';
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
