/**
 * The sidebar that the map of all pages, docs/README.md, describes: a group for each heading, a page
 * for each row of its table, and the decisions, which stand in a sentence.
 */
export function sidebarFrom(map) {
  return map
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [text = '', ...lines] = section.split('\n');
      return { text, collapsed: false, items: lines.flatMap(itemsOf) };
    });
}

/** A page of the API reference for each module in the `exports` of package.json. */
export function apiSidebar(entries) {
  const modules = Object.entries(entries)
    .filter(([, target]) => typeof target === 'object')
    .map(([path]) => `edgemlsim${path.slice(1)}`);
  const items = modules.map((name) => ({ text: name, link: `/api/${name}.md` }));
  return { text: 'API', collapsed: false, items };
}

function itemsOf(line) {
  return [...line.matchAll(/\[([^\]]*)\]\(([^)]*\.md)\)/g)].map(([, name, file]) => ({
    text: file.startsWith('adr/') ? name : titleOf(file),
    link: linkOf(file),
  }));
}

/** The page's name as it is filed: `own-rule` reads `Own rule`. */
function titleOf(file) {
  const name = file.replace(/^.*\//, '').replace(/\.md$/, '');
  if (name === name.toUpperCase()) return name;
  return `${name[0].toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;
}

/** From the root of the repository, which is the root of the site. */
function linkOf(file) {
  if (file === '../README.md') return '/';
  return file.startsWith('../') ? `/${file.slice(3)}` : `/docs/${file}`;
}
