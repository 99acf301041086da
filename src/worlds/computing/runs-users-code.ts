import type { ThreadSetup } from './task.ts';

/** Whether a thread of such a setup would compute with rules or a model of the user's own. */
export function runsUsersCode({ model, intakes, triggers, poison }: ThreadSetup): boolean {
  const rules = Object.values(intakes).flatMap((intake) => {
    const { preAggregators, aggregator, stalenessWeight, fallback, attack } = intake;
    return [...preAggregators, aggregator, stalenessWeight, fallback, attack?.rule ?? null];
  });
  const ofTriggers = Object.values(triggers).flatMap(({ push, pull }) => [
    ...push.list,
    ...pull.list,
  ]);
  return (
    model.kind === 'module' ||
    [...rules, ...ofTriggers, poison].some((rule) => rule?.sha256 !== undefined)
  );
}
