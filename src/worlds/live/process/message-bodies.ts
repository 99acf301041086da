import type { Frame } from '../../../transport/frame.ts';
import { needMessage } from '../../../transport/message.ts';

/** Of a message with a model. Throws BadFrame. */
export function vectorOf(body: Frame['body']): Float32Array {
  needMessage(body instanceof Float32Array, 'a model without its numbers');
  return body;
}

/** A copy: a body may begin anywhere. */
export function batchOf(body: Frame['body']): Uint32Array {
  const areItems = body instanceof Uint8Array && body.length % 4 === 0;
  needMessage(areItems, 'a batch without its items');
  return new Uint32Array(body.slice().buffer);
}
