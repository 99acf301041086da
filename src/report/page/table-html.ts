import { type CsvValue, csvText } from '../format/csv.ts';
import { html, type Markup } from './html.ts';
import type { DataTable } from './page.ts';

/** Rows that a page shows; the CSV behind it has all. */
const MOST_ROWS = 200;
/** Digits of numbers in the page; the CSV has all. */
const DIGITS = 5;

/** A table that can be sorted and filtered, and a link that saves it as CSV. */
export function tableHtml(id: string, title: string, { columns, rows }: DataTable): Markup {
  const shown = rows.slice(0, MOST_ROWS);
  const csv = csvText(
    columns.map(({ name }) => name),
    rows,
  );
  const more =
    rows.length > shown.length
      ? html`<p>The first ${shown.length} of ${rows.length} rows; the CSV has all.</p>`
      : null;
  return html`<p><a download="${id}.csv" href="${csvAddress(csv)}">${id}.csv</a></p>
${more}<div class="scroll" role="region" aria-label="Table: ${title}" tabindex="0">
<table class="data"><caption class="unseen">${title}</caption>
<thead><tr>${columns.map(headHtml)}</tr></thead>
<tbody>
${shown.map((row) => html`<tr>${row.map((value, index) => cellHtml(value, index))}</tr>\n`)}</tbody>
</table></div>`;
}

function headHtml({ name, unit, meaning }: DataTable['columns'][number]): Markup {
  const words = unit === null ? meaning : `${meaning} (${unit})`;
  return html`<th scope="col" title="${words}">${name.replaceAll('_', ' ')}</th>`;
}

function cellHtml(value: CsvValue, index: number): Markup {
  if (typeof value === 'number') return html`<td class="number">${numberText(value)}</td>`;
  const text = `${value ?? ''}`;
  return index === 0 ? html`<th scope="row">${text}</th>` : html`<td>${text}</td>`;
}

export function numberText(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return `${value}`;
  return `${Number(value.toPrecision(DIGITS))}`;
}

/** The file itself as an address, so that the link works without a server and without scripts. */
function csvAddress(csv: string): string {
  const text = csv.replace(/[%#"<>&]|[^\x20-\x7e]/gu, encodeURIComponent);
  return `data:text/csv;charset=utf-8,${text.replaceAll(' ', '%20')}`;
}
