import { type Copy, copiesOf, type LinkSettings } from '../network/link.ts';
import type { NodeContext } from '../nodes/context.ts';
import { type Message, messageBytes } from '../nodes/messages.ts';
import { deliveries } from '../rules/running/delivering.ts';
import type { TimeUs } from '../simulation/time.ts';
import { recordLost, recordLostCopy } from './lost-message.ts';
import type { WorldSettings } from './world-settings.ts';

type SendingSettings = Pick<WorldSettings, 'servers' | 'poisons' | 'deliveryAttacks' | 'dimension'>;

/** What becomes of a message on its way out, by its link and by its sender, in both worlds. */
export class Sending {
  readonly #settings: SendingSettings;
  readonly #context: Pick<NodeContext, 'record' | 'random'>;
  readonly #mayBeByzantine: (node: string) => boolean;
  readonly #layerOfServer: ReadonlyMap<string, string>;

  /** `mayBeByzantine`: whether what a node sends now is a lie, or may be drawn to be one. */
  constructor(
    settings: SendingSettings,
    context: Pick<NodeContext, 'record' | 'random'>,
    mayBeByzantine: (node: string) => boolean,
  ) {
    this.#settings = settings;
    this.#context = context;
    this.#mayBeByzantine = mayBeByzantine;
    this.#layerOfServer = new Map(settings.servers.map(({ id, layer }) => [id, layer]));
  }

  /**
   * Notes in a vector's message that its sender is Byzantine now, and its numbers a lie; poisoned ones
   * say so themselves.
   */
  told(from: string, message: Message): Message {
    const { poisons, deliveryAttacks } = this.#settings;
    const isForged = message.type === 'result' || (message.type === 'gradient' && !poisons);
    if (!isForged || deliveryAttacks.has(this.#layerOf(from))) return message;
    return this.#mayBeByzantine(from) ? { ...message, mayBeByzantine: true } : message;
  }

  /**
   * The copies of a message that will come out of the link, whose chance is the stream of that name;
   * records it where there are none.
   */
  copies(from: string, to: string, message: Message, link: LinkSettings, stream: string): Copy[] {
    const context = this.#context;
    const delaysUs = this.#delaysUs(from, message);
    if (delaysUs.length === 0) {
      recordLost(from, to, message, 'attack', context);
      return [];
    }
    const bytes = messageBytes(message, this.#settings.dimension);
    const sent = delaysUs.map((delayUs) => {
      const out = copiesOf(link, bytes, () => context.random(stream));
      return out.map((copy) => ({ ...copy, delayUs: delayUs + copy.delayUs }));
    });
    const copies = sent.flat();
    // What a Byzantine sender sends several times may be lost each time, and is so with the last one.
    const losses = sent.filter((out) => out.length === 0).length;
    const isLost = copies.length === 0;
    for (let loss = isLost ? 1 : 0; loss < losses; loss += 1) {
      recordLostCopy(from, to, message, 'link', context);
    }
    if (isLost) recordLost(from, to, message, 'link', context);
    return copies;
  }

  /** When each copy of a message gets on its way: at once, but for what a Byzantine sender does to it. */
  #delaysUs(from: string, message: Message): readonly TimeUs[] {
    const { type: kind } = message;
    const attack = this.#settings.deliveryAttacks.get(this.#layerOf(from));
    if (attack === undefined || (kind !== 'gradient' && kind !== 'result')) return [0];
    if (!this.#mayBeByzantine(from)) return [0];
    const random = this.#context.random(`delivery/${from}`);
    return deliveries(attack, { kind }, { random }).map((delayMs) => Math.round(delayMs * 1000));
  }

  #layerOf(node: string): string {
    return this.#layerOfServer.get(node) ?? 'worker';
  }
}
