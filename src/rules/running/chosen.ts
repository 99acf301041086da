/** A rule together with options that its schema has checked and completed. */
export interface Chosen<Rule, Options = unknown> {
  readonly rule: Rule;
  readonly options: Options;
  /** Where it is from, of a user's own. */
  readonly file?: string;
  /** Seconds after which a call of a user's own is broken off. */
  readonly timeLimitS?: number;
}
