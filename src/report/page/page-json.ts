import { type DataTable, isFigure, type ReportPage } from './page.ts';

/** report.json: all of the report but its pictures. Numbers that are not finite become strings. */
export function pageJson({ figures, tables, provenance, ...page }: ReportPage): string {
  const document = {
    ...page,
    figures: figures.map((figure) => {
      if (!isFigure(figure)) return figure;
      const { id, title, caption, data } = figure;
      return { id, title, caption, ...plain(data) };
    }),
    tables: tables.map(({ data, ...table }) => ({ ...table, ...plain(data) })),
    provenance: Object.fromEntries(provenance.rows),
  };
  const finite = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(document, finite, 2)}\n`;
}

function plain({ columns, rows }: DataTable): DataTable {
  return { columns, rows: rows.map((row) => row.map((value) => value ?? null)) };
}
