/** How much a command says of what it does on stderr; results on stdout are not touched. */
type Verbosity = 'quiet' | 'normal' | 'verbose';

let chosen: Verbosity = 'normal';

/** Of the command that is about to be performed. */
export function setVerbosity({ quiet, verbose }: { quiet?: boolean; verbose?: boolean }): void {
  chosen = quiet ? 'quiet' : verbose ? 'verbose' : 'normal';
}

export function verbosity(): Verbosity {
  return chosen;
}

/** Something worth knowing, which is no result and no failure. */
export function note(text: string): void {
  if (chosen !== 'quiet') console.error(text);
}
