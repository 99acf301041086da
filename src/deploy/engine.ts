/** A way to get agents started. */
export interface Engine {
  readonly name: string;
  /** How many it starts. */
  readonly agents: number;
  /** Where the coordinator listens unless the user says otherwise. */
  readonly listenHost: string;
  /**
   * How agents learn where the coordinator is and the secret: on their standard input, or in files
   * on a disk that they share with it.
   */
  readonly meeting: 'stdin' | 'files';
  /** What starts them, given the options of `edgemlsim agent`. */
  commands(agentOptions: readonly string[]): Command[];
}

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];
