import { expect, it } from 'vitest';
import { forecastCapacity } from '#src/compose/capacity-forecast.js';
import { previewOf } from '#src/compose/preview.js';
import { tinyConfig, tinyInput } from '../worlds/tiny-config.ts';

/** 75 numbers are 300 bytes, 2400 bits: 0.24 s at 0.01 Mbit/s. */
const layers = {
  edge: { capacity: { sharing: 'processor' }, link: { backhaul: 'cable' } },
  worker: { link: { bandwidthMbps: 0.01 } },
};
const backhauls = [{ id: 'cable', bandwidthMbps: 0.1 }];

it('names the time of a vector alone, and among all that may send at once', () => {
  const config = tinyConfig({
    mobility: { model: 'static', workers: { count: 6 } },
    servers: [{ id: 'left' }, { id: 'right' }],
    ...{ layers, backhauls },
  });
  const radio = { bytes: 300, aloneS: 0.24, most: 3, mostS: 0.72 };
  expect(forecastCapacity(config, 75, [])).toEqual([
    { channel: 'radio of left', ...radio },
    { channel: 'radio of right', ...radio },
    { channel: 'backhaul cable', bytes: 300, aloneS: 0.024, most: 2, mostS: 0.048 },
  ]);
});

it('counts the workers of a trace that are in range at once', async () => {
  const { capacity } = await previewOf(tinyConfig({ layers, backhauls }), 75);
  for (const { channel, aloneS, most, mostS } of capacity!) {
    expect(most).toBeGreaterThanOrEqual(channel.startsWith('radio') ? 1 : 2);
    expect(mostS).toBeCloseTo(aloneS! * most, 12);
  }
  expect(capacity).toHaveLength(3);
});

it('promises no time where the signal gives the rate, and nothing where nothing is shared', async () => {
  const radio = { model: 'log-distance', rate: { model: 'shannon' } } as const;
  const config = tinyConfig({ mobility: { ...tinyInput.mobility, radio }, layers, backhauls });
  const { capacity } = await previewOf(config, 75);
  expect(capacity![0]).toMatchObject({ channel: 'radio of left', aloneS: null, mostS: null });
  expect((await previewOf(tinyConfig(), 75)).capacity).toBeUndefined();
});
