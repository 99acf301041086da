/** Whether this is `npm run soak`, which draws more cases than `npm test`, and other ones each time. */
const isSoak = process.env.SOAK_SEED !== undefined;

/** How many cases a test takes: a few that show what it is about in `npm test`, and many in `npm run soak`. */
export function caseCount({ test, soak }: { test: number; soak: number }): number {
  return isSoak ? soak : test;
}
