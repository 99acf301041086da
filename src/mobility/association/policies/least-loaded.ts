import { defineLoadPolicy } from '../../../rules/contract/association-policy.ts';

/**
 * The server in range with the fewest workers.
 *
 * A worker that comes joins the one with the fewest, of equal ones the lowest id. It changes when another one has
 * at least two workers less than its own, so that each change makes them more even, and then stops.
 */
export default defineLoadPolicy({
  name: 'least-loaded',
  summary: 'the server with the fewest workers, by the workers that are there',
  decide({ current, inRange }) {
    const others = ({ server, workers }: (typeof inRange)[number]) =>
      server === current ? workers - 1 : workers;
    let best = inRange.find(({ server }) => server === current) ?? inRange[0]!;
    for (const server of inRange) if (others(server) < others(best)) best = server;
    return best.server;
  },
});
