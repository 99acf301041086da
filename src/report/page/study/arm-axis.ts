/** Arms that a figure with a line for each of them draws. */
export const MOST_ARMS = 60;

/** The arms from above to below, as the vertical axis of a figure. */
export function armAxis(arms: readonly string[]): object {
  const axis = { labelLimit: 260 };
  return { field: 'arm', type: 'nominal', sort: [...arms], title: null, axis };
}

/** Words of a caption about arms beyond those that are drawn. */
export function notDrawn(arms: readonly unknown[]): string {
  const left = arms.length - MOST_ARMS;
  return left > 0
    ? ` The first ${MOST_ARMS} arms are drawn; the data has the other ${left} too.`
    : '';
}
