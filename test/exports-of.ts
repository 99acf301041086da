import type {
  CallExpression,
  ExportDeclaration,
  FunctionDeclaration,
  ImportClause,
  Node,
  Statement,
} from 'typescript';
import { ts } from '../tools/typescript.ts';

/** Exports of a file, and the names that it takes from other files. */
export interface ModuleNames {
  /** Names that the file declares and exports itself. */
  declared: string[];
  /** Types and classes that the file declares, exported or not. */
  types: string[];
  /** By specifier: the names that are imported or exported from there; `*` for all of them. */
  taken: Map<string, Set<string>>;
}

/** Reads `export` declarations, imports, re-exports and `import()`, types included. */
export function moduleNames(source: string): ModuleNames {
  const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.ES2023, true);
  const declared: string[] = [];
  const types: string[] = [];
  const taken: ModuleNames['taken'] = new Map();
  const take = (specifier: Node | undefined, names: readonly string[]) => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const all = taken.get(specifier.text) ?? new Set();
    for (const name of names) all.add(name);
    taken.set(specifier.text, all);
  };
  for (const statement of file.statements) {
    if (
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      (ts.isClassDeclaration(statement) && statement.name)
    ) {
      types.push(statement.name!.text);
    }
    if (ts.isImportDeclaration(statement)) {
      take(statement.moduleSpecifier, namesOfClause(statement.importClause));
    } else if (ts.isExportDeclaration(statement)) {
      take(statement.moduleSpecifier, namesOfExport(statement));
    } else declared.push(...exportedNames(statement));
  }
  const visit = (node: Node) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      take(node.arguments[0], namesOfDynamicImport(node));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      take(node.argument.literal, node.qualifier ? [node.qualifier.getText()] : ['*']);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { declared, types, taken };
}

function namesOfClause(clause: ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  const named =
    bindings === undefined
      ? []
      : ts.isNamespaceImport(bindings)
        ? ['*']
        : bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
  return clause?.name ? ['default', ...named] : named;
}

function namesOfExport({ exportClause }: ExportDeclaration): string[] {
  if (exportClause === undefined || ts.isNamespaceExport(exportClause)) return ['*'];
  return exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

function exportedNames(statement: Statement): string[] {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) return ['default'];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as FunctionDeclaration;
  return name === undefined ? [] : [name.text];
}

/** Of `const { a, b } = await import('x')` a and b, of `(await import('x')).a` a; otherwise `*`. */
function namesOfDynamicImport(call: CallExpression): string[] {
  let outer: Node = call.parent;
  while (ts.isAwaitExpression(outer) || ts.isParenthesizedExpression(outer)) outer = outer.parent;
  if (ts.isPropertyAccessExpression(outer)) return [outer.name.text];
  if (!ts.isVariableDeclaration(outer) || !ts.isObjectBindingPattern(outer.name)) return ['*'];
  return outer.name.elements.map(({ name, propertyName }) => (propertyName ?? name).getText());
}
