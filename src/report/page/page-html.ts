import { createHash } from 'node:crypto';
import { html, Markup } from './html.ts';
import { type Figure, isFigure, type LeftOut, type NamedTable, type ReportPage } from './page.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { styleHtml } from './page-style.ts';
import { tableHtml } from './table-html.ts';

/**
 * report.html: one file that needs nothing else. Its policy lets only its own script run, so that
 * text from a config can do nothing in it.
 */
export function pageHtml(page: ReportPage): string {
  const { kind, title, facts, summary, figures, tables, methods, commands, documents } = page;
  const hash = createHash('sha256').update(PAGE_SCRIPT).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const sections = [
    section(
      'summary',
      'Summary',
      html`<ul class="summary">${summary.map((each) => html`<li>${each}</li>\n`)}</ul>`,
    ),
    section('figures', 'Figures', figures.filter(isFigure).map(figureHtml), leftOutHtml(figures)),
    ...(tables.length === 0 ? [] : [section('tables', 'Tables', tables.map(namedTableHtml))]),
    section(
      'methods',
      'Methods',
      methods.map((each) => html`<p>${each}</p>\n`),
    ),
    section('again', 'How to make it again', commandsHtml(commands), documents.map(documentHtml)),
    section('provenance', 'Provenance', tableHtml('provenance', 'Provenance', page.provenance)),
    section(
      'citation',
      'Citation',
      html`<p>${page.citation.text}</p>\n<pre tabindex="0">${page.citation.bibtex}</pre>`,
    ),
  ];
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: report of a ${kind}</title>
${styleHtml}
</head>
<body>
<header>
<a class="skip" href="#summary">Skip to the summary</a>
<p class="kind">Report of a ${kind}</p>
<h1>${title}</h1>
<ul class="facts">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>
<nav aria-label="Contents"><ul>${sections.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, heading, content }) => html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${content}
</section>
`,
)}</main>
<footer><p>Made by edgemlsim from the journals of its runs. All of it is in this file.</p></footer>
<script>${new Markup(PAGE_SCRIPT)}</script>
</body>
</html>
`;
  return document.text;
}

interface Section {
  id: string;
  heading: string;
  content: (Markup | readonly Markup[])[];
}

function section(id: string, heading: string, ...content: Section['content']): Section {
  return { id, heading, content };
}

function figureHtml({ id, title, caption, svg, data }: Figure): Markup {
  return html`<figure id="figure-${id}" aria-labelledby="figure-${id}-title">
<h3 id="figure-${id}-title">${title}</h3>
${svg}
<figcaption>${caption}</figcaption>
<details><summary>Data: ${title} (${data.rows.length} ${data.rows.length === 1 ? 'row' : 'rows'})</summary>
${tableHtml(id, title, data)}</details>
</figure>
`;
}

function leftOutHtml(figures: readonly (Figure | LeftOut)[]): Markup[] {
  const leftOut = figures.flatMap((figure) => (isFigure(figure) ? [] : [figure]));
  if (leftOut.length === 0) return [];
  return [
    html`<h3>Left out</h3>
<ul class="left-out">${leftOut.map(({ title, why }) => html`<li>${title}: ${why}</li>\n`)}</ul>`,
  ];
}

function namedTableHtml({ id, title, caption, data }: NamedTable): Markup {
  return html`<div class="table" id="table-${id}"><h3>${title}</h3>
<p class="caption">${caption}</p>
${tableHtml(id, title, data)}</div>
`;
}

function commandsHtml(commands: ReportPage['commands']): Markup {
  return html`<dl>${commands.map(({ does, command }) => html`<dt>${does}</dt><dd><pre tabindex="0">${command}</pre></dd>\n`)}</dl>`;
}

function documentHtml({ title, text }: ReportPage['documents'][number]): Markup {
  return html`<details><summary>${title}</summary><pre tabindex="0">${text}</pre></details>\n`;
}
