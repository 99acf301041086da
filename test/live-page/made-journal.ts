import { writeFileSync } from 'node:fs';
import type { SimulatedEvent } from '#src/journal/events.js';

/** Writes a journal of these events at their times; host lines stand in between. Out: its lines. */
export function writeJournal(file: string, events: readonly [timeUs: number, SimulatedEvent][]) {
  const lines = [
    {
      host: 0,
      wallTimeS: 0,
      type: 'started',
      format: 1,
      threads: 1,
      engine: 'reference',
      node: '',
    },
    ...events.map(([timeUs, event], n) => ({ n, timeUs, ...event })),
  ].map((line) => JSON.stringify(line));
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return lines;
}

/** Two edge servers, workers that come and go, and an aggregation after every fourth gradient. */
export function busyRun(rounds: number): [timeUs: number, SimulatedEvent][] {
  const servers = [
    { id: 'cloud', parent: null, layer: 'cloud' },
    { id: 'north', parent: 'cloud', layer: 'edge' },
    { id: 'south', parent: 'cloud', layer: 'edge' },
  ];
  const start = { type: 'run-started', name: 'busy', seed: 1, workers: 4, servers } as const;
  const events: [number, SimulatedEvent][] = [[0, { ...start, parameters: [], byzantine: {} }]];
  let [gradient, result] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const timeUs = round * 1_000_000;
    const server = round % 2 === 0 ? 'north' : 'south';
    const worker = `worker-${round % 5}`;
    events.push(
      [timeUs, { type: 'enter-map', worker, entity: `car-${round}`, kind: 'car' }],
      [timeUs, { type: 'enter-range', worker, server, contact: round }],
      [timeUs, { type: 'associate', worker, server, previous: null, handover: round % 7 === 6 }],
      [timeUs, { type: 'gradient-started', gradient, worker, server, round, version: round }],
      [timeUs + 500_000, aggregation(server, round, result, round % 10 === 9)],
      [
        timeUs + 500_000,
        {
          ...{ type: 'gradient-ended', gradient, worker, server, outcome: 'aggregated' },
          ...{ inResult: result, staleness: 0, ...(round % 3 === 0 && { byzantine: true }) },
        } as SimulatedEvent,
      ],
      [timeUs + 600_000, { type: 'leave-range', worker, server, contact: round }],
      [
        timeUs + 600_000,
        { type: 'associate', worker, server: null, previous: server, handover: false },
      ],
      [timeUs + 700_000, { type: 'leave-map', worker, entity: `car-${round}`, kind: 'car' }],
      [timeUs + 800_000, { type: 'round-ended', server: 'cloud', round }],
    );
    gradient += 1;
    result += 1;
  }
  return events;
}

function aggregation(
  server: string,
  round: number,
  result: number,
  exceeded: boolean,
): SimulatedEvent {
  return {
    ...{ type: 'aggregated', server, layer: 'edge', round, version: round, result },
    ...{ vectors: 1, senders: 1, byzantine: Number(exceeded), byzantineSenders: Number(exceeded) },
    ...{ declaredF: 0, atDeadline: false, staleness: { mean: 0, maximum: 0 }, exceeded },
  };
}
