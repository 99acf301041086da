// Events that a process of a live run may report: those of its own nodes, as the journal has them.
// The coordinator itself records where workers are, which nodes turn Byzantine, and the run's begin
// and end.
import { z } from 'zod';
import { simulatedSchemas } from '../../../journal/simulated-schemas.ts';
import { name } from '../../../transport/message.ts';

const object = z.strictObject as unknown as typeof z.object;
const { ofNodes, facts } = simulatedSchemas({ object, name });

/** Facts that are known only when numbers have been computed, by the event that they belong to. */
export const factsSchemas = {
  aggregated: object(facts.aggregated),
  updated: object(facts.updated),
  'window-trained': object(facts['window-trained']),
  evaluated: object(facts.evaluated),
};

export type LateType = keyof typeof factsSchemas;

export const reportedEventSchema = z.discriminatedUnion('type', ofNodes);

export type ReportedEvent = z.infer<typeof reportedEventSchema>;
export type ReportedType = ReportedEvent['type'];
