/** The id of a value (parameters, a gradient, an aggregate) that a world's store keeps. */
export type ValueId = number;

/**
 * The messages between nodes. A value named in a message travels with it. No node sets
 * `mayBeByzantine`: the world that sends the message records there that the sender was Byzantine at
 * that moment.
 */
export type Message =
  /**
   * Down: a model, in a round of the server that sends it. `resend`: in synchronous rounds, the
   * receiver lost this round's earlier results and they must be sent again; present only when true.
   */
  | { type: 'theta'; round: number; version: number; value: ValueId; resend?: true }
  /** Down: the server has closed this round's aggregation. */
  | { type: 'closed'; round: number }
  /**
   * Up, worker to server. `version`: of the model that it was computed with. `poisoned`: for the
   * journal alone, since no server could know it; present only when true.
   */
  | {
      type: 'gradient';
      round: number;
      version: number;
      gradient: number;
      value: ValueId;
      poisoned?: true;
      mayBeByzantine?: true;
    }
  /** Up, server to server. `version`: the oldest one inside; `gradients` counts those inside. */
  | {
      type: 'result';
      round: number;
      version: number;
      result: number;
      gradients: number;
      value: ValueId;
      mayBeByzantine?: true;
    }
  /**
   * Up, in a tree of models: a node's change since its last update, with the sign of a gradient.
   * `version`: of the receiver's model that the sender had last; `changes` counts the windows or
   * merges inside, `items` what they were trained on. `bytes`: its size on the wire, as it is encoded. `pulls`: the sender gets the
   * receiver's model once this is merged. `isLast`: the sender sends nothing more, neither its own nor of
   * the children of servers in `standsFor`, which are with it; present only with such. `holds`: the stamp of
   * the model that the sender applied last; only where it has one.
   */
  | {
      type: 'update';
      version: number;
      update: number;
      changes: number;
      items: number;
      bytes: number;
      value: ValueId;
      pulls?: true;
      isLast?: true;
      standsFor?: string[];
      holds?: number;
      /** A window in it was trained on poisoned samples. */
      poisoned?: true;
      mayBeByzantine?: true;
    }
  /** Up: asks for the receiver's model. `version`: of the one that the sender had last; `holds`: as above. */
  | { type: 'pull'; version: number; holds?: number }
  /**
   * Up: the sender sends nothing more after that update; null: it has sent the receiver none. `standsFor`:
   * as above.
   */
  | { type: 'done'; update: number | null; standsFor?: string[] }
  /**
   * Down: the sender's model. `bytes`: its size on the wire, as it is encoded. `stamp`: numbers what is
   * encoded among all that the sender sends. `since`: the value is what the model of that stamp is above
   * this one; without it the value is the model.
   */
  | {
      type: 'model';
      version: number;
      bytes: number;
      value: ValueId;
      stamp?: number;
      since?: number;
    }
  /** Up, server to server: there is no result this round. */
  | { type: 'no-result'; round: number };

type WithValue = Extract<Message, { value: ValueId }>['type'];

/** The types of messages with which a value travels; the compiler names one that is missing. */
const WITH_VALUE: Readonly<Record<WithValue, true>> = {
  theta: true,
  gradient: true,
  result: true,
  update: true,
  model: true,
};

/** Whether a value travels with it. */
export function carriesValue({ type }: Pick<Message, 'type'>): boolean {
  return type in WITH_VALUE;
}

/** Bytes of a message without a vector; one with a vector counts that alone. */
const WORD_BYTES = 64;

/** Size on the wire, for the link model. `dimension`: elements of a vector. */
export function messageBytes(message: Message, dimension: number): number {
  if ('bytes' in message) return message.bytes;
  return 'value' in message ? dimension * 4 : WORD_BYTES;
}

/** True for a message to the server above. */
export function isUp({ type }: Pick<Message, 'type'>): boolean {
  return type !== 'theta' && type !== 'closed' && type !== 'model';
}
