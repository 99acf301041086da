import type { NodeContext, Timer } from '../context.ts';

/** Ends the merges of a server that has crashed before their time was over. */
export function endLostMerges(
  node: string,
  server: string | null,
  timers: readonly Timer[],
  context: NodeContext,
): void {
  for (const timer of timers) {
    if (timer.kind !== 'aggregated') continue;
    const update = context.nextId('result');
    const changes = [timer.result];
    const end = { outcome: 'dropped', reason: 'crashed' } as const;
    context.record({ type: 'change-ended', update, node, server, changes, ...end });
    context.release(timer.value);
  }
}
