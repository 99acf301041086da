import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { Statement } from 'typescript';
import { ts } from './typescript.ts';

/** The package's own modules, named by their sources from its root, and what they import. */
export class Modules {
  readonly #imports = new Map<string, readonly string[]>();
  readonly #entries: Readonly<Record<string, string>>;

  constructor() {
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      exports: Record<string, { default?: string }>;
    };
    this.#entries = Object.fromEntries(
      Object.entries(exports).flatMap(([entry, { default: file }]) =>
        file === undefined ? [] : [[posix.join('edgemlsim', entry), file]],
      ),
    );
  }

  /** These and those that they import, directly or not; not what is imported when it is needed. */
  loadedWith(roots: readonly string[]): Set<string> {
    const loaded = new Set<string>();
    const load = (module: string): void => {
      if (loaded.has(module)) return;
      loaded.add(module);
      for (const specifier of this.imports(module)) {
        const imported = this.named(specifier, module);
        if (imported !== null) load(imported);
      }
    };
    for (const root of roots) load(root);
    return loaded;
  }

  /** Specifiers that a module imports as it is loaded, as written there; types are left out. */
  imports(module: string): readonly string[] {
    let specifiers = this.#imports.get(module);
    if (specifiers === undefined) {
      const text = readFileSync(module, 'utf8');
      specifiers = ts
        .createSourceFile(module, text, ts.ScriptTarget.Latest)
        .statements.flatMap(specifierOf);
      this.#imports.set(module, specifiers);
    }
    return specifiers;
  }

  /** The module that a specifier names; null if it is none of the package's. */
  named(specifier: string, importer: string): string | null {
    const entry = this.#entries[specifier];
    if (entry !== undefined) return sourceOf(entry.replace('./dist/', ''));
    if (specifier.startsWith('#')) return sourceOf(specifier.slice(1));
    return /^\.\.?\//.test(specifier) ? posix.join(posix.dirname(importer), specifier) : null;
  }
}

function sourceOf(compiled: string): string {
  return compiled.replace(/\.js$/, '.ts');
}

function specifierOf(statement: Statement): string[] {
  const isKept =
    (ts.isImportDeclaration(statement) && !statement.importClause?.isTypeOnly) ||
    (ts.isExportDeclaration(statement) && !statement.isTypeOnly);
  const from = isKept ? statement.moduleSpecifier : undefined;
  return from && ts.isStringLiteral(from) ? [from.text] : [];
}
