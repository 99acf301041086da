import { createRequire } from 'node:module';
import { closest, distance } from 'fastest-levenshtein';
import type * as Mathjs from 'mathjs';
import { InputError } from '../errors.ts';

/** The moment of an update, as a learning-rate expression sees it. */
interface UpdateMoment {
  /** Updates made before this one, from 0: the version that it starts from. */
  round: number;
  /** Whole epochs before this one. */
  epoch: number;
  /** Simulation time in seconds. */
  time: number;
}

/** The factor eta of the update at that moment: above 0, finite as float32. Throws InputError otherwise. */
export type LearningRate = (moment: UpdateMoment) => number;

/** Where in a config the rate stands. */
type Path = (string | number)[];
interface Where {
  path: Path;
  /** The rate in words. */
  name: string;
}

const names = ['round', 'epoch', 'time', 'e', 'pi'];
const operators = [
  ...['add', 'subtract', 'multiply', 'divide', 'mod', 'pow', 'unaryMinus', 'unaryPlus'],
  ...['smaller', 'smallerEq', 'larger', 'largerEq', 'equal', 'unequal', 'and', 'or', 'not'],
];
const functions = [
  ...['abs', 'cbrt', 'ceil', 'cos', 'exp', 'fix', 'floor', 'log', 'log10', 'log2', 'max', 'min'],
  ...['mod', 'pow', 'sign', 'sin', 'sqrt', 'tan', 'tanh'],
];

/** Longer ones are refused, so that no expression nests too deep for the parser. */
const HIGHEST_EXPRESSION_LENGTH = 500;

/**
 * A learning rate from a number or from an expression of `round`, `epoch` and `time`, for instance
 * `0.001 * 0.5 ^ floor(epoch / 10)` or `round < 100 ? 0.001 : 0.0001`.
 *
 * An expression is parsed by mathjs and compiled once. Only numbers, the three variables, `e`,
 * `pi`, arithmetic, comparisons, `? :` and the elementary functions above can be in it; the parsed
 * tree is checked against these lists before anything of it runs. Errors name the `path` of the config.
 */
export function compileLearningRate(
  eta: number | string,
  path: Path = ['training', 'learningRate'],
): LearningRate {
  if (typeof eta === 'number') {
    checkRate(eta, { path, name: 'learning rate' });
    return () => eta;
  }
  const where = { path, name: `learning rate "${eta}"` };
  const tree = parse(eta, where);
  checkNode(tree, where);
  const code = tree.compile();
  return (moment) => {
    const { round, epoch, time } = moment;
    const values = `at round=${round}, epoch=${epoch}, time=${time}`;
    let rate: unknown;
    try {
      rate = code.evaluate({ round, epoch, time });
    } catch (error) {
      throw faultOf(where, `fails ${values}: ${(error as Error).message}`);
    }
    return checkRate(rate, where, ` ${values}`);
  };
}

function parse(expression: string, where: Where): Mathjs.MathNode {
  if (expression.length > HIGHEST_EXPRESSION_LENGTH) {
    throw new InputError({
      path: where.path,
      found: `learning rate of ${expression.length} characters`,
      advice: [`expected at most ${HIGHEST_EXPRESSION_LENGTH}`],
    });
  }
  try {
    return loadMathjs().parse(expression);
  } catch (error) {
    throw refused(where, (error as Error).message);
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

/** Throws InputError unless the node and all below it are of the kinds and names allowed. */
function checkNode(node: Mathjs.MathNode, where: Where): void {
  for (const child of checkedChildren(node, where)) checkNode(child, where);
}

/** Checks the node itself; returns the nodes right below it. */
function checkedChildren(node: Mathjs.MathNode, where: Where): readonly Mathjs.MathNode[] {
  switch (node.type) {
    case 'ConstantNode': {
      const { value } = node as Mathjs.ConstantNode;
      if (typeof value === 'number') return [];
      throw refused(where, value === undefined ? 'it is empty' : `${node} is no number`);
    }
    case 'SymbolNode':
      checkName((node as Mathjs.SymbolNode).name, 'name', names, where);
      return [];
    case 'ParenthesisNode':
      return [(node as Mathjs.ParenthesisNode).content];
    case 'OperatorNode': {
      const { fn, op, args } = node as Mathjs.OperatorNode;
      if (!operators.includes(fn)) throw refused(where, `the operator ${op} cannot be used`);
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
      if (fn.type !== 'SymbolNode') throw refused(where, `${fn} cannot be called`);
      checkName(fn.name, 'function', functions, where);
      return args;
    }
    default:
      throw refused(where, `${node} is not arithmetic (${node.type})`);
  }
}

function checkName(name: string, what: string, allowed: readonly string[], where: Where): void {
  if (allowed.includes(name)) return;
  const near = closest(name, allowed);
  const advice = [`expected one of: ${allowed.join(', ')}`];
  if (distance(name, near) <= 2) advice.push(`did you mean "${near}"?`);
  throw refused(where, `unknown ${what} "${name}"`, advice);
}

function checkRate(rate: unknown, where: Where, values = ''): number {
  // Models hold float32 numbers: a greater one is an infinity in them.
  if (typeof rate === 'number' && Number.isFinite(Math.fround(rate)) && rate > 0) return rate;
  throw faultOf(where, `is ${rate}${values}`, [
    'expected a number above 0 that is finite as float32: at most 3.4e38',
  ]);
}

function refused(
  { path, name }: Where,
  found: string,
  advice = ['expected arithmetic with round, epoch and time (in seconds)'],
): InputError {
  return new InputError({ path, found: `${name}: ${found}`, advice });
}

function faultOf({ path, name }: Where, found: string, advice: string[] = []): InputError {
  return new InputError({ path, found: `${name} ${found}`, advice });
}
