import type { ProcessFacts } from '../costs/processes.ts';
import { grouped } from '../format/grouped.ts';
import type { NodeCosts, NodeFacts } from './node-facts.ts';
import type { LinkFacts } from './transfers.ts';

/** Of a process with several nodes it is not known which of them took what. */
export function costsOfNodes(
  links: readonly LinkFacts[],
  processes: readonly ProcessFacts[],
): (node: Pick<NodeFacts, 'id' | 'busyS' | 'memoryBytes'>) => NodeCosts {
  if (processes.length > 0) {
    const alone = grouped(
      processes.filter(({ nodes }) => nodes.length === 1),
      ({ nodes }) => nodes[0]!,
    );
    return ({ id }) => measured(alone.get(id) ?? []);
  }
  const sent = new Map<string, number>();
  const received = new Map<string, number>();
  const add = (to: Map<string, number>, node: string, bytes: number) =>
    to.set(node, (to.get(node) ?? 0) + bytes);
  for (const { lower, upper, upBytes, downBytes } of links) {
    add(sent, lower, upBytes);
    add(received, upper, upBytes);
    add(sent, upper, downBytes);
    add(received, lower, downBytes);
  }
  return ({ id, busyS, memoryBytes }) => ({
    ...{ cpuS: busyS, peakMemoryBytes: memoryBytes },
    ...{ sentBytes: sent.get(id) ?? 0, receivedBytes: received.get(id) ?? 0 },
  });
}

/** Its processes followed one another. */
function measured(own: readonly ProcessFacts[]): NodeCosts {
  if (own.length === 0) {
    return { cpuS: null, peakMemoryBytes: null, sentBytes: null, receivedBytes: null };
  }
  const sum = (value: (process: ProcessFacts) => number) =>
    own.reduce((total, process) => total + value(process), 0);
  return {
    cpuS: Math.round(sum(({ cpuS }) => cpuS) * 1e6) / 1e6,
    peakMemoryBytes: Math.max(...own.map(({ memoryBytes }) => memoryBytes)),
    sentBytes: sum(({ sentBytes }) => sentBytes),
    receivedBytes: sum(({ receivedBytes }) => receivedBytes),
  };
}
