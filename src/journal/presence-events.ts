/** Which workers are on the map, in which ranges, and with which servers. Times are microseconds of simulation time. */
export type PresenceEvent =
  /** An entity of the trace becomes a worker. `kind`: car, pedestrian or container. */
  | { type: 'enter-map'; worker: string; entity: string; kind: string }
  /** It is a worker no more. */
  | { type: 'leave-map'; worker: string; entity: string; kind: string }
  /** A worker comes into the range of a server. `contact`: the number of their contact. */
  | { type: 'enter-range'; worker: string; server: string; contact: number }
  /** That contact ends. */
  | { type: 'leave-range'; worker: string; server: string; contact: number }
  /** A worker comes into the circle in which workers are Byzantine, or leaves it. */
  | { type: 'enter-region' | 'leave-region'; worker: string }
  /** The server of a worker changes; null: it has none. */
  | {
      type: 'associate';
      worker: string;
      server: string | null;
      previous: string | null;
      /** From one server to another without a gap. */
      handover: boolean;
      /** Of a handover: microseconds in which nothing passes between the worker and its new server. */
      delayUs?: number;
    }
  /** A server with as many workers as it may have: another waits for a place, or is refused. */
  | { type: 'worker-queued' | 'worker-refused'; worker: string; server: string };
