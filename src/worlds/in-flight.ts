import type { SimulatedEvent } from '../journal/events.ts';
import type { DropReason, Outcome } from '../journal/reasons.ts';

/** Gradients and results that have been begun and have not ended. */
export interface InFlight {
  gradients: { gradient: number; worker: string; server: string }[];
  results: { result: number; server: string; parent: string }[];
}

/** The end of everything in flight: gradients, then results, each by number. */
export function endsOf(
  { gradients, results }: InFlight,
  how: { outcome: Outcome; reason?: DropReason },
): SimulatedEvent[] {
  return [
    ...gradients
      .toSorted((a, b) => a.gradient - b.gradient)
      .map(({ gradient, worker, server }) => {
        return { type: 'gradient-ended', gradient, worker, server, ...how } as const;
      }),
    ...results
      .toSorted((a, b) => a.result - b.result)
      .map(({ result, server, parent }) => {
        return { type: 'result-ended', result, server, parent, ...how } as const;
      }),
  ];
}
