import { expect, it } from 'vitest';
import type { JournalLine } from '#src/journal/events.js';
import { ProcessTally, processesCsv } from '#src/report/costs/processes.js';
import { costsOfNodes } from '#src/report/hierarchy/node-costs.js';

const none = { cpuS: null, peakMemoryBytes: null, sentBytes: null, receivedBytes: null };
const links = [
  {
    ...{ lower: 'edge', upper: 'cloud', level: 1, upTransfers: 1, upBytes: 100 },
    ...{ downTransfers: 1, downBytes: 30 },
  },
  {
    ...{ lower: 'a', upper: 'edge', level: 2, upTransfers: 1, upBytes: 7 },
    ...{ downTransfers: 1, downBytes: 2 },
  },
];

function tallied(): ProcessTally {
  const tally = new ProcessTally();
  const add = (line: object) => tally.add(line as JournalLine);
  const started = (slot: number, role: string, nodes: string[], generation = 0) =>
    add({ type: 'process-started', slot, generation, role, nodes, pid: 1, remote: 'here' });
  const costs = (slot: number, generation: number, cpuS: number, memoryBytes: number) =>
    add({
      ...{ type: 'process-costs', slot, generation, cpuS, memoryBytes },
      ...{ sentBytes: 1000, receivedBytes: 10 },
    });
  started(1, 'workers', ['a', 'b']);
  started(0, 'server', ['edge']);
  costs(0, 0, 1.5, 4e6);
  started(0, 'server', ['edge'], 1);
  costs(1, 0, 8, 9e6);
  costs(0, 1, 2, 3e6);
  return tally;
}

it('lists each process with what it has cost', () => {
  expect(processesCsv(tallied().processes)!.split('\n')).toEqual([
    'process,generation,role,nodes,cpu_s,peak_memory_mb,sent_mb,received_mb',
    '0,0,server,edge,1.5,4,0.001,0.00001',
    '0,1,server,edge,2,3,0.001,0.00001',
    '1,0,workers,a b,8,9,0.001,0.00001',
    '',
  ]);
  expect(processesCsv([])).toBe(null);
});

it('gives a node what its processes have cost, one after the other, where it is alone in them', () => {
  const costsOf = costsOfNodes(links, tallied().processes);
  const node = { busyS: 5, memoryBytes: 6 };
  expect(costsOf({ id: 'edge', ...node })).toEqual({
    ...{ cpuS: 3.5, peakMemoryBytes: 4e6, sentBytes: 2000, receivedBytes: 20 },
  });
  expect(costsOf({ id: 'a', ...node })).toEqual(none);
});

it('gives a simulated node its busy time, its memory and the vectors of its links', () => {
  const costsOf = costsOfNodes(links, []);
  const node = { busyS: 5, memoryBytes: null };
  expect(costsOf({ id: 'edge', ...node })).toEqual({
    ...{ cpuS: 5, peakMemoryBytes: null, sentBytes: 102, receivedBytes: 37 },
  });
  expect(costsOf({ id: 'cloud', ...node })).toMatchObject({ sentBytes: 30, receivedBytes: 100 });
});
