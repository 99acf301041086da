import { readFileSync } from 'node:fs';
import type { InterfaceDeclaration, PropertySignature, TypeNode, UnionTypeNode } from 'typescript';
import { ts } from './typescript.ts';

/** A type of event, or several that have the same fields. */
export interface DocumentedEvent {
  types: string[];
  text: string;
  fields: { name: string; type: string; text: string }[];
}

interface Declared {
  node: TypeNode | InterfaceDeclaration;
  text: string;
}

const FOLDER = 'src/journal';
const FILES = [
  ...['events', 'presence-events', 'data-events', 'collection-events', 'delivery-events'],
  ...['model-events', 'tree-events', 'sending-events', 'host-events'],
  ...['reasons', 'quantity', 'aggregation-geometry'],
];
/** Types that several fields have: explained once, below the events. */
const VALUES = [
  ...['Quantity', 'Scores', 'Outcome', 'DropReason', 'LossReason', 'TooFewPolicy'],
  ...['WindowDropReason', 'EndReason', 'AggregationGeometry'],
];

/** The page of all events and their fields, docs/events.md, from the types of the journal. */
export function eventsPage(): string {
  const declared = declaredTypes();
  return `# Events of the journal

Written by \`npm run docs\` from the types of the journal, which the schemas of its reader agree with. [journal.md](journal.md) tells what the events mean together. A field with a question mark is there only where it applies.

## Simulated events

Each line begins with \`n\`, its number from 0, and \`timeUs\`, the simulation time in microseconds.

${documentedEvents('SimulatedEvent', declared).map(sectionOf).join('')}
## Host events

Each line begins with \`host\`, its number from 0, and \`wallTimeS\`, the seconds since the run's first start.

${documentedEvents('HostEvent', declared).map(sectionOf).join('')}
## Types of fields

| type | values | meaning |
|---|---|---|
${VALUES.map((name) => valueRow(name, declared)).join('')}`;
}

/** The events of a union of them, of the unions that it names too. */
export function documentedEvents(
  union: string,
  declared: ReadonlyMap<string, Declared> = declaredTypes(),
): DocumentedEvent[] {
  const { node } = declared.get(union)!;
  if (!ts.isUnionTypeNode(node as TypeNode)) throw new Error(`${union} is not a union of events`);
  let before = node.pos;
  return (node as UnionTypeNode).types.flatMap((member) => {
    const text = commentIn(node.getSourceFile().text.slice(before, member.getStart()));
    before = member.end;
    if (ts.isTypeReferenceNode(member)) return documentedEvents(member.getText(), declared);
    const all = membersOf(member, declared);
    const type = all.find((each) => each.name.getText() === 'type')!.type!;
    return {
      types: [...type.getText().matchAll(/'([^']+)'/g)].map(([, name]) => name!),
      text,
      fields: all.filter((each) => each.name.getText() !== 'type').map(fieldOf),
    };
  });
}

function declaredTypes(): Map<string, Declared> {
  const found = new Map<string, Declared>();
  for (const file of FILES) {
    const path = `${FOLDER}/${file}.ts`;
    const source = ts.createSourceFile(
      path,
      readFileSync(path, 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    for (const statement of source.statements) {
      const text = commentIn(source.text.slice(statement.pos, statement.getStart()));
      if (ts.isTypeAliasDeclaration(statement)) {
        found.set(statement.name.text, { node: statement.type, text });
      } else if (ts.isInterfaceDeclaration(statement)) {
        found.set(statement.name.text, { node: statement, text });
      }
    }
  }
  return found;
}

/** The fields of an object type, an intersection of them, or a named one. */
function membersOf(
  node: TypeNode | InterfaceDeclaration,
  declared: ReadonlyMap<string, Declared>,
): PropertySignature[] {
  if (ts.isParenthesizedTypeNode(node)) return membersOf(node.type, declared);
  if (ts.isIntersectionTypeNode(node)) {
    return node.types.flatMap((each) => membersOf(each, declared));
  }
  if (ts.isTypeReferenceNode(node)) return membersOf(declared.get(node.getText())!.node, declared);
  if (!ts.isTypeLiteralNode(node) && !ts.isInterfaceDeclaration(node)) {
    throw new Error(`no object type: ${node.getText()}`);
  }
  return node.members.filter(ts.isPropertySignature);
}

function fieldOf(member: PropertySignature): DocumentedEvent['fields'][number] {
  return {
    name: member.name.getText() + (member.questionToken ? '?' : ''),
    type: typeText(member.type!),
    text: commentIn(member.getSourceFile().text.slice(member.pos, member.getStart())),
  };
}

/** On one line, without the comments inside. */
function typeText(node: TypeNode): string {
  return node
    .getText()
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/^\| /, '')
    .replaceAll(/; }/g, ' }')
    .replaceAll(/\breadonly /g, '')
    .replaceAll(/\bReadonly<((?:[^<>]|<[^<>]*>)*)>/g, '$1');
}

/** The text of the last comment for readers in a piece of source; empty where there is none. */
function commentIn(source: string): string {
  const comment = [...source.matchAll(/\/\*\*([\s\S]*?)\*\//g)].at(-1)?.[1] ?? '';
  return comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim();
}

function sectionOf({ types, text, fields }: DocumentedEvent): string {
  const heading = `### ${types.map((type) => `\`${type}\``).join(', ')}\n\n${text}\n`;
  if (fields.length === 0) return `${heading}\n`;
  const rows = fields.map(
    ({ name, type, text: meaning }) => `| \`${name}\` | ${codeCell(type)} | ${cell(meaning)} |\n`,
  );
  return `${heading}\n| field | type | meaning |\n|---|---|---|\n${rows.join('')}\n`;
}

function membersText(node: InterfaceDeclaration): string {
  return node.members
    .filter(ts.isPropertySignature)
    .map(({ name, type }) => `${name.getText()}: ${typeText(type!)}`)
    .join('; ');
}

function valueRow(name: string, declared: ReadonlyMap<string, Declared>): string {
  const { node, text } = declared.get(name)!;
  const values = ts.isInterfaceDeclaration(node) ? `{ ${membersText(node)} }` : typeText(node);
  return `| \`${name}\` | ${codeCell(values)} | ${cell(text)} |\n`;
}

function codeCell(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
