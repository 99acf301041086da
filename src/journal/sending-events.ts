/** The ways of vectors from node to node. Times are microseconds of simulation time. */
export type SendingEvent =
  /**
   * With `diagnostics: full`: a node hands a vector to its link, where it may first wait. `number`: of the
   * gradient, the result or the update; of a model (`theta`, in a tree `model`) its version. `bytes`: what
   * the link is charged, without headers.
   */
  | {
      type: 'transfer-started';
      from: string;
      to: string;
      what: string;
      number: number;
      bytes: number;
    }
  /**
   * The one end of every such transfer but those that are under way when the run ends. An
   * arrived one was handed to its receiver, which may still refuse it; lost: no copy of it will arrive.
   */
  | {
      type: 'transfer-ended';
      from: string;
      to: string;
      what: string;
      number: number;
      outcome: 'arrived' | 'lost';
    };
