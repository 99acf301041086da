// A plugin of typedoc for the pages of the API reference.
import { Converter } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';

/** Their keys are inferred from a schema and have no docstrings: docs/options.md describes them. */
const configTypes = ['Config', 'ConfigInput'];

export function load({ converter, renderer }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of Object.values(project.reflections)) {
      if (!configTypes.includes(reflection.name)) continue;
      for (const key of [...(reflection.children ?? [])]) project.removeReflection(key);
    }
  });
  // The site shows HTML as text, and no link leads to a row of a table.
  renderer.on(MarkdownPageEvent.END, (page) => {
    page.contents = page.contents.replaceAll(/<a id="[^"]*"><\/a> ?/g, '');
  });
}
