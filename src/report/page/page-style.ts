import { Markup } from './html.ts';

/**
 * Colours of the page, then those of figures: a figure is drawn for white paper, and on a dark screen
 * its colours are replaced by their counterparts.
 */
const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1d1f23; --quiet: #53575e; --line: #d9dce1; --shade: #f5f6f8; --link: #00568a;
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif;
}
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
footer { padding-bottom: 3rem; color: var(--quiet); font-size: .875rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.375rem; margin: 3rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.0625rem; margin: 0 0 .75rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.kind { margin: 0; color: var(--quiet); text-transform: uppercase; letter-spacing: .08em; font-size: .8125rem; }
.facts { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 0 0 1rem; color: var(--quiet); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .75rem 0; margin: 0; border-block: 1px solid var(--line); font-size: .9375rem; }
.summary li { margin-bottom: .4rem; }
.summary li:first-child { font-size: 1.125rem; }
figure, .table { margin: 0 0 2.75rem; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption, .caption { color: var(--quiet); font-size: .9375rem; max-width: 46rem; margin: .5rem 0; }
summary { cursor: pointer; color: var(--link); font-size: .9375rem; }
details { margin: .25rem 0 .75rem; }
.scroll { overflow: auto; max-height: 34rem; border: 1px solid var(--line); }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: normal; }
thead th { background: var(--shade); position: sticky; top: 0; font-weight: 600; vertical-align: bottom; }
thead button { all: unset; cursor: pointer; font-weight: 600; }
thead button:focus-visible { outline: 3px solid var(--link); }
th[aria-sort='ascending'] button::after { content: ' \\2191'; }
th[aria-sort='descending'] button::after { content: ' \\2193'; }
td.number, th.number { text-align: right; }
.filter { display: flex; align-items: center; gap: .5rem; flex-wrap: wrap; font-size: .875rem; margin: .5rem 0; }
.filter input { font: inherit; padding: .25rem .5rem; color: inherit; background: var(--paper); border: 1px solid var(--quiet); border-radius: 3px; }
pre { background: var(--shade); border: 1px solid var(--line); padding: .75rem 1rem; overflow: auto; font-size: .8125rem; max-height: 40rem; }
.left-out { color: var(--quiet); }
.skip, .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: static; width: auto; height: auto; clip-path: none; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #15181d; --ink: #e8eaed; --quiet: #a9afb8; --line: #383e47; --shade: #1f242b; --link: #7cc4f5; }
  svg [fill='#222222'], svg [fill='#222'] { fill: #e8eaed; }
  svg [fill='#555555'], svg [fill='#555'], svg [fill='#333333'] { fill: #b6bcc5; }
  svg [fill='#000000'] { fill: #f2f2f2; }
  svg [stroke='#000000'] { stroke: #f2f2f2; }
  svg [stroke='#E6E6E6'] { stroke: #333a43; }
  svg [stroke='#888888'], svg [stroke='#888'] { stroke: #8a919b; }
  svg [fill='#0072B2'] { fill: #3d9bd8; }
  svg [stroke='#0072B2'] { stroke: #3d9bd8; }
  svg [fill='#56B4E9'] { fill: #9bd7fa; }
  svg [stroke='#56B4E9'] { stroke: #9bd7fa; }
  svg [fill='#D55E00'] { fill: #f07a22; }
  svg [stroke='#D55E00'] { stroke: #f07a22; }
  svg [fill='#009E73'] { fill: #1cbf92; }
  svg [stroke='#009E73'] { stroke: #1cbf92; }
}
@media print {
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding: 0; }
  nav, .skip, .filter, figure details, .table p { display: none; }
  figure, .table { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll, pre { max-height: none; overflow: visible; border: 0; }
  pre { white-space: pre-wrap; }
}
`;

export const styleHtml = new Markup(`<style>${STYLE}</style>`);
