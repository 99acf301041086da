import type { ReportPage } from './page.ts';
import { pageHtml } from './page-html.ts';
import { pageJson } from './page-json.ts';
import { pageMarkdown } from './page-markdown.ts';

/** Formats in which `report` writes a report. */
export const REPORT_FORMATS = ['html', 'md', 'csv', 'json', 'svg'] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The page in those of the formats that hold all of it: report.html, report.md and report.json. */
export async function pageFiles(
  formats: readonly ReportFormat[],
  make: () => Promise<ReportPage>,
): Promise<Record<string, string>> {
  if (!formats.some((format) => format in WRITERS)) return {};
  const page = await make();
  return Object.fromEntries(
    Object.entries(WRITERS).flatMap(([format, write]) =>
      formats.some((wanted) => wanted === format) ? [[`report.${format}`, write(page)]] : [],
    ),
  );
}

const WRITERS = { html: pageHtml, md: pageMarkdown, json: pageJson };
