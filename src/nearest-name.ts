import { distance } from 'fastest-levenshtein';

/** The known name that was probably meant, or undefined when none is near. */
export function nearestName(found: string, known: Iterable<string>): string | undefined {
  const wanted = found.toLowerCase();
  let nearest: string | undefined;
  let least = (wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))) + 1;
  const containing: string[] = [];
  const ofKind: string[] = [];
  for (const name of known) {
    const edits = distance(wanted, name.toLowerCase());
    if (edits < least) {
      least = edits;
      nearest = name;
    }
    if (wanted.length >= 4 && name.toLowerCase().endsWith(`-${wanted}`)) ofKind.push(name);
    if (wanted.length >= 3 && name.toLowerCase().includes(wanted)) containing.push(name);
  }
  // "median" is the marginal-median rather than the mean, which is two letters away.
  if (least >= 2 && ofKind.length > 0) {
    return ofKind.reduce((one, other) => (other.length < one.length ? other : one));
  }
  return nearest ?? (containing.length === 1 ? containing[0] : undefined);
}

/**
 * Advice for an unknown name: what is known (of much, the most alike), and the nearest of it. `meant`: the
 * one that it is another name of.
 */
export function adviceOnName(
  found: string,
  known: readonly string[],
  most = 12,
  meant?: string,
): string[] {
  if (known.length === 0) return [];
  const nearest = meant ?? nearestName(found, known);
  const shown = known.length > most ? mostAlike(found, known).slice(0, most) : known;
  const rest = known.length > shown.length ? `, … (${known.length} in all)` : '';
  return [
    `expected one of: ${shown.join(', ')}${rest}`,
    ...(nearest === undefined ? [] : [`did you mean "${nearest}"?`]),
  ];
}

function mostAlike(found: string, known: readonly string[]): string[] {
  const wanted = found.toLowerCase();
  const unlikeness = (name: string): number =>
    distance(wanted, name.toLowerCase()) -
    (name.toLowerCase().includes(wanted) ? wanted.length : 0);
  return [...known].sort((a, b) => unlikeness(a) - unlikeness(b));
}

/**
 * The known names that may be meant, the nearest first: few edits away, by their last part too
 * (`learningRate` of `training.learningRate`), or with what was found in them.
 */
export function namesNear(found: string, known: readonly string[], most: number): string[] {
  const wanted = found.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const editsOf = (name: string): number => {
    const whole = name.toLowerCase();
    if (wanted.length >= 3 && whole.includes(wanted)) return 0;
    return Math.min(distance(wanted, whole), distance(wanted, whole.split('.').at(-1)!));
  };
  const nearest = nearestName(found, known);
  const near = known
    .map((name) => ({ name, edits: name === nearest ? -1 : editsOf(name) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits || a.name.length - b.name.length);
  return near.slice(0, most).map(({ name }) => name);
}
