/** What a value of a user's file is, for a message. */
export function described(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return typeof value === 'object'
    ? `a ${value.constructor?.name ?? 'object'}`
    : `a ${typeof value}`;
}
