import type { ProcessSlot } from './placement.ts';

/** The offer of an agent: its name, and the cores that it may use. */
export interface Machine {
  name: string;
  cores: number;
}

/** By role: names of the machines that may run it; any where it is left out. */
export type PlacementRules = Partial<Record<ProcessSlot['role'], readonly string[]>>;

/**
 * Which machine runs which processes, by machine: their numbers. A process uses one core. Each goes
 * to the machine that has the fewest processes a core with it, the first among equals, in the order of
 * its role's names where it has any; those that may not run on every machine are assigned first. Null
 * when a role may run on none of the machines.
 */
export function assignProcesses(
  slots: readonly ProcessSlot[],
  machines: readonly Machine[],
  rules: PlacementRules,
): number[][] | null {
  const shares = machines.map((): number[] => []);
  const isBound = ({ role }: ProcessSlot) => rules[role] !== undefined;
  const inOrder = [...slots.filter(isBound), ...slots.filter((slot) => !isBound(slot))];
  for (const { index: slot, role } of inOrder) {
    const load = (index: number) => (shares[index]!.length + 1) / machines[index]!.cores;
    const names = rules[role];
    const place = (index: number) => names?.indexOf(machines[index]!.name) ?? 0;
    const allowed = [...machines.keys()]
      .filter((index) => place(index) >= 0)
      .sort((a, b) => place(a) - place(b));
    if (allowed.length === 0) return null;
    const best = allowed.reduce((first, next) => (load(next) < load(first) ? next : first));
    shares[best]!.push(slot);
  }
  return shares.map((share) => share.sort((a, b) => a - b));
}
