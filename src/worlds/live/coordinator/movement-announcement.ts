import type { FaultTransition, Movement } from '../protocol/movement-message.ts';
import type { ProcessHandle, ProcessTable } from './process-table.ts';
import { signalParts, withoutSignal } from './signal-announcement.ts';

/** A frame's header is small. */
const MOVEMENTS_A_FRAME = 100;

/** Sends each process, or only one, the movements that concern its nodes, in order of time. */
export function announce(
  processes: ProcessTable,
  movements: readonly (Movement | FaultTransition)[],
  only?: ProcessHandle,
): void {
  const bySlot = new Map<number, (Movement | FaultTransition)[]>();
  for (const movement of movements) {
    for (const slot of concernedBy(processes, movement)) {
      const others = bySlot.get(slot);
      if (others) others.push(movement);
      else bySlot.set(slot, [movement]);
    }
  }
  for (const [slot, own] of bySlot) {
    // A process that is not ready yet is sent them when it is.
    const process = processes.isReady(slot) ? processes.at(slot) : null;
    if (only !== undefined && process !== only) continue;
    for (let from = 0; from < own.length; from += MOVEMENTS_A_FRAME) {
      const some = own.slice(from, from + MOVEMENTS_A_FRAME);
      for (const part of some.flatMap(signalParts)) processes.send(process, part);
      processes.send(process, { type: 'movements', movements: some.map(withoutSignal) });
    }
  }
}

function concernedBy(processes: ProcessTable, movement: Movement | FaultTransition): Set<number> {
  if (movement.type === 'fault-transition') return new Set([processes.slotOf(movement.node)]);
  const nodes: (string | null)[] = [movement.worker];
  if ('server' in movement) nodes.push(movement.server);
  if (movement.type === 'associate') nodes.push(movement.previous);
  return new Set(nodes.flatMap((node) => (node === null ? [] : [processes.slotOf(node)])));
}
