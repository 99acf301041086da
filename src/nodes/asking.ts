import type { Message } from './messages.ts';

/** No round of any server, which count from 1. */
const BEFORE_THE_FIRST = 0;

/** A report of none that belongs to no round: its sender has missed the newest model. */
export const askForModel: Message & { type: 'no-result' } = {
  type: 'no-result',
  round: BEFORE_THE_FIRST,
};

export function asksForModel(message: Message): boolean {
  return message.type === 'no-result' && message.round === BEFORE_THE_FIRST;
}
