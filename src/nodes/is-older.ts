/** A model as its server sent it: its version, in that server's round. */
interface SentModel {
  readonly round: number;
  readonly version: number;
}

/** Whether one model that a server sent was sent before the other: it was overtaken on the way. */
export function isOlder(one: SentModel, other: SentModel): boolean {
  return one.version < other.version || (one.version === other.version && one.round < other.round);
}
