/**
 * The script of the page: a heading of a table sorts it by its column, and tables of more than a
 * few rows can be filtered by words. Without scripts the tables are there as they are.
 */
export const PAGE_SCRIPT = `
'use strict';
const valueOf = (row, index) => {
  const text = row.cells[index].textContent;
  const number = Number(text);
  return text === '' ? null : Number.isNaN(number) ? text : number;
};
const compare = (a, b) => {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
};
for (const table of document.querySelectorAll('table.data')) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, index) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const way = head.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', way);
      const sign = way === 'ascending' ? 1 : -1;
      const rows = [...body.rows].map((row) => ({ row, value: valueOf(row, index) }));
      rows.sort((a, b) =>
        a.value === null || b.value === null ? compare(a.value, b.value) : sign * compare(a.value, b.value),
      );
      body.append(...rows.map(({ row }) => row));
    });
  });
  if (body.rows.length <= 8) continue;
  const line = document.createElement('p');
  line.className = 'filter';
  const label = document.createElement('label');
  label.textContent = 'Rows with ';
  const input = document.createElement('input');
  input.type = 'search';
  label.append(input);
  const count = document.createElement('span');
  count.setAttribute('role', 'status');
  line.append(label, count);
  table.parentElement.before(line);
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(' ').filter(Boolean);
    let shown = 0;
    for (const row of body.rows) {
      const text = [...row.cells].map((cell) => cell.textContent.toLowerCase()).join(' ');
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    count.textContent = shown + ' of ' + body.rows.length + ' rows';
  });
}
`;
