import { fileURLToPath } from 'node:url';
import type { ThreadSetup } from './task.ts';

/** Whether a thread of such a setup would compute with rules or a model of the user's own. */
export function runsUsersCode(setup: ThreadSetup): boolean {
  return usersFilesOf(setup).length > 0;
}

/** The files of these, as paths. */
export function usersFilesOf({ model, intakes, triggers, poison }: ThreadSetup): string[] {
  const rules = Object.values(intakes).flatMap((intake) => {
    const { preAggregators, aggregator, stalenessWeight, fallback, attack } = intake;
    return [...preAggregators, aggregator, stalenessWeight, fallback, attack?.rule ?? null];
  });
  const ofTriggers = Object.values(triggers).flatMap(({ push, pull }) => [
    ...push.list,
    ...pull.list,
  ]);
  const chosen = [...rules, ...ofTriggers, poison, model.kind === 'module' ? model : null];
  const files = chosen.flatMap((each) =>
    each?.sha256 === undefined ? [] : [fileURLToPath(each.module)],
  );
  return [...new Set(files)];
}
