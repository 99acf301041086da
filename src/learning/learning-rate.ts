import { InputError } from '../errors.ts';
import { compileExpression } from '../rules/running/expression.ts';

/** The moment of an update, as a learning-rate expression sees it. */
interface UpdateMoment {
  /**
   * Updates of the model before this one, from 0. Of one model for all: the version that it starts
   * from. Of a model of a node's own: those that the node has made since it last lost its memory.
   */
  round: number;
  /** Whole epochs before this one. */
  epoch: number;
  /** Simulation time in seconds. */
  time: number;
}

/** The factor eta of the update at that moment: above 0, finite as float32. Throws InputError otherwise. */
export type LearningRate = (moment: UpdateMoment) => number;

/** Where in a config the rate stands. */
type ConfigPath = (string | number)[];
interface Where {
  path: ConfigPath;
  /** The rate in words. */
  name: string;
}

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
  path: ConfigPath = ['training', 'learningRate'],
): LearningRate {
  if (typeof eta === 'number') {
    const constant = { path, name: 'learning rate' };
    checkRate(eta, constant);
    if (Math.fround(eta) === 0) {
      throw faultOf(constant, `is ${eta}, which is 0 as float32`, ['expected at least 1e-44']);
    }
    return () => eta;
  }
  const where = { path, name: `learning rate "${eta}"` };
  const evaluate = compile(eta, where);
  return (moment) => {
    const { round, epoch, time } = moment;
    const values = `at round=${round}, epoch=${epoch}, time=${time}`;
    let rate: unknown;
    try {
      rate = evaluate({ round, epoch, time });
    } catch (error) {
      throw faultOf(where, `fails ${values}: ${(error as Error).message}`);
    }
    return checkRate(rate, where, ` ${values}`);
  };
}

function compile(expression: string, where: Where): ReturnType<typeof compileExpression> {
  if (expression.length > HIGHEST_EXPRESSION_LENGTH) {
    throw new InputError({
      path: where.path,
      found: `learning rate of ${expression.length} characters`,
      advice: [`expected at most ${HIGHEST_EXPRESSION_LENGTH}`],
    });
  }
  return compileExpression(expression, {
    ...where,
    variables: ['round', 'epoch', 'time'],
    functions: Object.fromEntries(functions.map((name) => [name, null])),
    advice: ['expected arithmetic with round, epoch and time (in seconds)'],
  });
}

function checkRate(rate: unknown, where: Where, values = ''): number {
  // Models hold float32 numbers: a greater one is an infinity in them.
  if (typeof rate === 'number' && Number.isFinite(Math.fround(rate)) && rate > 0) return rate;
  throw faultOf(where, `is ${rate}${values}`, [
    'expected a number above 0 that is finite as float32: at most 3.4e38',
  ]);
}

function faultOf({ path, name }: Where, found: string, advice: string[] = []): InputError {
  return new InputError({ path, found: `${name} ${found}`, advice });
}
