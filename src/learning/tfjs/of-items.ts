import type { ModelLoss } from '../models.ts';
import { described } from './described.ts';
import type { TensorLoss } from './tensor-loss.ts';

/** A function of the user's own that gives a number an item, or a single one for all of them. */
export function ofItems(what: string, measure: ModelLoss): TensorLoss {
  return (tf, targets, outputs) => {
    const [items] = outputs.shape;
    const result = measure(targets, outputs);
    if (!(result instanceof tf.Tensor)) throw new Error(`the ${what} is ${described(result)}`);
    if (result.size === 1) return tf.mul(tf.ones([items]), tf.reshape(result, []));
    if (result.size === items) return tf.reshape(result, [items]);
    const found = `the ${what} of ${items} items has the shape [${result.shape.join(', ')}]`;
    throw new Error(`${found}, expected one number an item or a single one`);
  };
}
