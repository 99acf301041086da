import type { SimulatedEvent } from '../journal/events.ts';
import type { DropReason, Outcome } from '../journal/reasons.ts';

/** Gradients, results and updates that have been begun and have not ended. */
export interface InFlight {
  gradients: { gradient: number; worker: string; server: string }[];
  results: { result: number; server: string; parent: string }[];
  updates: { update: number; node: string; server: string }[];
}

/** The end of everything in flight: gradients, results, then updates, each by number. */
export function endsOf(
  { gradients, results, updates }: InFlight,
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
    ...updates
      .toSorted((a, b) => a.update - b.update)
      .map(({ update, node, server }) => {
        return { type: 'update-ended', update, node, server, ...how } as const;
      }),
  ];
}
