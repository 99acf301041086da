import { expect, it } from 'vitest';
import { InProcessWorld } from '../in-process-world.ts';
import { tinyConfig, tinyInput } from '../tiny-config.ts';

it("takes a server's own link where it differs from its layer's", async () => {
  const [left, right] = tinyInput.servers!;
  const config = tinyConfig({
    rounds: { mode: 'asynchronous' },
    servers: [{ ...left!, link: { latencyMs: 500 } }, right!],
    training: { maximumRounds: 20, learningRate: 0.01 },
  });
  const world = await InProcessWorld.open(config);
  await world.run();
  const sentUs = new Map<number, number>();
  const travelledUs: Record<string, Set<number>> = { left: new Set(), right: new Set() };
  for (const line of world.lines) {
    if (line.type === 'aggregated') sentUs.set(line.result, line.timeUs);
    if (line.type !== 'result-ended' || line.outcome !== 'aggregated') continue;
    travelledUs[line.server]!.add(line.timeUs - sentUs.get(line.result)!);
  }
  // 75 parameters are 2 400 bits, 120 us at 20 Mbit/s.
  expect(travelledUs).toEqual({ left: new Set([500_120]), right: new Set([20_120]) });
});
