import { InputError } from '../../errors.ts';

/** A rule together with options that its schema has checked and completed. */
export interface Chosen<Rule, Options = unknown> {
  readonly rule: Rule;
  readonly options: Options;
  /** Where it is from, of a user's own. */
  readonly file?: string;
  /** Seconds after which a call of a user's own is broken off. */
  readonly timeLimitS?: number;
}

/** A rule for messages: `aggregator "krum"`; of a user's own with its file. */
export function named(kind: string, { rule, file }: Chosen<{ readonly name: string }>): string {
  return `${kind} "${rule.name}"${file === undefined ? '' : ` (${file})`}`;
}

/**
 * Result of a call of a rule. An error of a user's own becomes an InputError that names its file.
 */
export function askedOf<Answer>(
  kind: string,
  chosen: Chosen<{ readonly name: string }>,
  call: () => Answer,
): Answer {
  try {
    return call();
  } catch (error) {
    if (chosen.file === undefined || error instanceof InputError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new InputError({ found: `${named(kind, chosen)} failed: ${message}` });
  }
}
