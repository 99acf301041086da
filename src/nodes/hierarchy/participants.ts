import type { ParticipantRule } from '../../rules/contract/participants.ts';
import type { Chosen } from '../../rules/running/chosen.ts';
import { chosenAmong } from '../../rules/running/participating.ts';
import type { NodeContext } from '../context.ts';
import type { Children, ChildrenState } from './children.ts';

/** Chooses which children of a server take part in a round: the others are not sent its model. */
export class Participants {
  readonly #server: string;
  readonly #state: ChildrenState;
  readonly #children: Children;
  readonly #chosen: Chosen<ParticipantRule>;
  readonly #context: NodeContext;

  constructor(
    server: string,
    state: ChildrenState,
    children: Children,
    chosen: Chosen<ParticipantRule>,
    context: NodeContext,
  ) {
    this.#server = server;
    this.#state = state;
    this.#children = children;
    this.#chosen = chosen;
    this.#context = context;
  }

  /** Those of the open round that may still send something. */
  get active(): number {
    const { participants } = this.#state;
    return this.#children.activeOnes.filter((child) => participants!.includes(child)).length;
  }

  /** Draws those of a round. There are none before any child may take part. */
  draw(round: number): void {
    const { activeOnes: ids } = this.#children;
    this.close();
    if (ids.length === 0) return;
    const candidates = ids.map((id) => {
      const tookUs = this.#state.answers.get(id)?.tookUs ?? null;
      return { id, tookS: tookUs === null ? null : tookUs / 1e6 };
    });
    const random = this.#context.random(`participants/${this.#server}`);
    const taken = chosenAmong(this.#chosen, candidates, random);
    const participants = ids.filter((_, index) => taken.includes(index));
    this.#state.participants = participants;
    this.#context.record({ type: 'participants', server: this.#server, round, participants });
  }

  /** The round is closed: no child is sent a model before the next one. */
  close(): void {
    this.#state.participants = [];
  }

  /** They are sent the model. */
  asked(children: readonly string[]): void {
    const { nowUs: askedUs } = this.#context;
    const { answers } = this.#state;
    for (const child of children) {
      answers.set(child, { askedUs, tookUs: answers.get(child)?.tookUs ?? null });
    }
  }

  /** Its update has come. */
  answered(child: string): void {
    const answer = this.#state.answers.get(child);
    if (answer !== undefined) answer.tookUs = this.#context.nowUs - answer.askedUs;
  }
}
