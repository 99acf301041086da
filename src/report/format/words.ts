/** A share in percent, with one decimal. */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A number of things. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Things in a row, as in a sentence. */
export function inSentence(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
