/** The event of a type; of one that stands for several types, for instance enter and leave, it too. */
type OfType<Event extends { type: string }, Type> = Event extends unknown
  ? Type extends Event['type']
    ? Event
    : never
  : never;

/** Every field, optional ones too, by type of event. */
type Fields<Event extends { type: string }> = {
  [Type in Event['type']]: Required<Omit<OfType<Event, Type>, 'type'>>;
};

/** True when two unions have the same types of events with the same fields, optional ones too. */
export type SameFields<A extends { type: string }, B extends { type: string }> = [
  Fields<A>,
  Fields<B>,
] extends [Fields<B>, Fields<A>]
  ? true
  : false;
