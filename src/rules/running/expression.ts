import { createRequire } from 'node:module';
import { closest, distance } from 'fastest-levenshtein';
import type * as Mathjs from 'mathjs';
import { InputError } from '../../errors.ts';

/** The elements of which an expression may be made, and its name in messages. */
interface Grammar {
  /** The expression in words, for instance `learning rate "1 / time"`. */
  name: string;
  /** Where in a config it stands. */
  path?: (string | number)[];
  /** Those whose values each evaluation gives; `e` and `pi` are there besides. */
  variables: readonly string[];
  /** By name; null: as mathjs has it. A function `pow` is what `^` means, too. */
  functions: Readonly<Record<string, ((...values: number[]) => number) | null>>;
  /** The expected form of an expression. */
  advice?: readonly string[];
}

/** The value of an expression for these values of its variables. Throws Error when it has none. */
export type Compiled = (values: Readonly<Record<string, number>>) => number;

const operators = [
  ...['add', 'subtract', 'multiply', 'divide', 'mod', 'pow', 'unaryMinus', 'unaryPlus'],
  ...['smaller', 'smallerEq', 'larger', 'largerEq', 'equal', 'unequal', 'and', 'or', 'not'],
];

/**
 * An expression, parsed by mathjs and compiled once. Only numbers, variables, `e`, `pi`, arithmetic,
 * comparisons, `? :` and the functions of the grammar can be in it; the parsed tree is checked against
 * these lists before anything of it runs. Throws InputError.
 */
export function compileExpression(text: string, grammar: Grammar): Compiled {
  const tree = parse(text, grammar);
  checkNode(tree, grammar);
  const own = Object.entries(grammar.functions).filter(([, each]) => each !== null);
  const functions = Object.fromEntries(own);
  const code = ('pow' in functions ? withOwnPower(tree) : tree).compile();
  return (values) => code.evaluate({ ...functions, ...values });
}

function parse(expression: string, grammar: Grammar): Mathjs.MathNode {
  try {
    return loadMathjs().parse(expression);
  } catch (error) {
    throw refused(grammar, (error as Error).message);
  }
}

let mathjs: typeof Mathjs | undefined;

/**
 * mathjs as its one-file build, loaded when an expression first asks for it: 0.18 s, where
 * `mathjs/number` takes 0.46 s for its hundreds of files.
 */
function loadMathjs(): typeof Mathjs {
  mathjs ??= createRequire(import.meta.url)('mathjs/lib/browser/math.js') as typeof Mathjs;
  return mathjs;
}

/** The tree with calls of `pow`, which a grammar defines, in place of the operator `^`. */
function withOwnPower(tree: Mathjs.MathNode): Mathjs.MathNode {
  const { FunctionNode, SymbolNode } = loadMathjs();
  return tree.transform((node) => {
    if (node.type !== 'OperatorNode' || (node as Mathjs.OperatorNode).fn !== 'pow') return node;
    return new FunctionNode(new SymbolNode('pow'), (node as Mathjs.OperatorNode).args);
  });
}

/** Throws InputError unless the node and all below it are of the kinds and names allowed. */
function checkNode(node: Mathjs.MathNode, grammar: Grammar): void {
  for (const child of checkedChildren(node, grammar)) checkNode(child, grammar);
}

/** Checks the node itself; returns the nodes right below it. */
function checkedChildren(node: Mathjs.MathNode, grammar: Grammar): readonly Mathjs.MathNode[] {
  switch (node.type) {
    case 'ConstantNode': {
      const { value } = node as Mathjs.ConstantNode;
      if (typeof value === 'number') return [];
      throw refused(grammar, value === undefined ? 'it is empty' : `${node} is no number`);
    }
    case 'SymbolNode': {
      const names = [...grammar.variables, 'e', 'pi'];
      checkName((node as Mathjs.SymbolNode).name, 'name', names, grammar);
      return [];
    }
    case 'ParenthesisNode':
      return [(node as Mathjs.ParenthesisNode).content];
    case 'OperatorNode': {
      const { fn, op, args } = node as Mathjs.OperatorNode;
      if (!operators.includes(fn)) throw refused(grammar, `the operator ${op} cannot be used`);
      return args;
    }
    case 'ConditionalNode': {
      const { condition, trueExpr, falseExpr } = node as Mathjs.ConditionalNode;
      return [condition, trueExpr, falseExpr];
    }
    case 'RelationalNode':
      return (node as Mathjs.RelationalNode).params;
    case 'FunctionNode': {
      const { fn, args } = node as Mathjs.FunctionNode;
      if (fn.type !== 'SymbolNode') throw refused(grammar, `${fn} cannot be called`);
      checkName(fn.name, 'function', Object.keys(grammar.functions), grammar);
      return args;
    }
    default:
      throw refused(grammar, `${node} is not arithmetic (${node.type})`);
  }
}

function checkName(name: string, what: string, allowed: readonly string[], grammar: Grammar): void {
  if (allowed.includes(name)) return;
  const near = closest(name, allowed);
  const advice = [`expected one of: ${allowed.join(', ')}`];
  if (distance(name, near) <= 2) advice.push(`did you mean "${near}"?`);
  throw refused(grammar, `unknown ${what} "${name}"`, advice);
}

function refused(
  { path, name, advice: standard }: Grammar,
  found: string,
  advice: readonly string[] = standard ?? [],
): InputError {
  const where = path === undefined ? {} : { path };
  return new InputError({ ...where, found: `${name}: ${found}`, advice: [...advice] });
}
