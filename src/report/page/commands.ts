/** A word of a shell command, in quotes where the shell would take it for more than one. */
export function quoted(word: string): string {
  return /^[\w./=:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
