/** Whether this is `npm run soak`, which draws more cases than `npm test`, and other ones each time. */
const isSoak = process.env.SOAK_SEED !== undefined;
const share = Number(process.env.SOAK_SHARE ?? 1);

/**
 * How many cases a test takes: in `npm test` a few that show what it is about, in `npm run soak` many,
 * or a share of them.
 */
export function caseCount({ test, soak }: { test: number; soak: number }): number {
  return isSoak ? Math.max(test, Math.round(soak * share)) : test;
}

/**
 * Numbers of as many cases as that, for streams of draws: in `npm test` from 1 on, in `npm run soak`
 * other ones each time.
 */
export function casesOf(counts: { test: number; soak: number }): number[] {
  const first = isSoak ? 1000 * Number(process.env.SOAK_SEED) : 0;
  return Array.from({ length: caseCount(counts) }, (_, index) => first + index + 1);
}
