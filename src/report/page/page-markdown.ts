import type { CsvValue } from '../format/csv.ts';
import { type DataTable, isFigure, type ReportPage } from './page.ts';
import { numberText } from './table-html.ts';

/** Rows of a table; report.html and report.json have more. */
const MOST_ROWS = 40;

/** report.md: the report without its pictures. */
export function pageMarkdown(page: ReportPage): string {
  const { title, kind, facts, summary, figures, tables, methods, commands, documents } = page;
  const parts = [
    `# ${line(title)}`,
    `Report of a ${kind}: ${facts.map(line).join(', ')}.`,
    summary.map((each) => `- ${line(each)}`).join('\n'),
    ...figures.flatMap((figure) =>
      isFigure(figure)
        ? [`## ${line(figure.title)}`, line(figure.caption), markdownTable(figure.data)]
        : [],
    ),
    ...tables.flatMap((table) => [
      `## ${line(table.title)}`,
      line(table.caption),
      markdownTable(table.data),
    ]),
    '## Methods',
    ...methods.map(line),
    '## How to make it again',
    ...commands.flatMap(({ does, command }) => [`${line(does)}:`, fenced(command)]),
    ...documents.flatMap((each) => [line(each.title), fenced(each.text.trimEnd())]),
    '## Provenance',
    markdownTable(page.provenance),
    '## Citation',
    line(page.citation.text),
    fenced(page.citation.bibtex),
  ];
  return `${parts.join('\n\n')}\n`;
}

function markdownTable({ columns, rows }: DataTable): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const shown = rows.slice(0, MOST_ROWS).map((values) => row(values.map(cell)));
  const rule = row(
    columns.map(({ type }) => (type === 'text' || type === 'boolean' ? '---' : '---:')),
  );
  const left = rows.length - shown.length;
  const more = left > 0 ? [``, `${left} more rows are in report.json.`] : [];
  return [row(columns.map(({ name }) => name)), rule, ...shown, ...more].join('\n');
}

function cell(value: CsvValue): string {
  return typeof value === 'number' ? numberText(value) : line(`${value ?? ''}`);
}

/** Text in which no sign begins markup. */
function line(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, '\\$&').replaceAll('\n', ' ');
}

/** With a fence that is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
