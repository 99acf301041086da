import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '#src/config/load-config.js';
import { journalOf, startRun } from './run-folders.ts';

const root = new URL('../../', import.meta.url);
const file = fileURLToPath(new URL('configs/sensor-calibration.yaml', root));
const application = fileURLToPath(new URL('configs/sensor-calibration.ts', root));

describe('an application with data, model and loss in one file', () => {
  test('is on its page as it is', () => {
    const page = readFileSync(new URL('docs/own-application.md', root), 'utf8');
    expect(page).toContain(`\`\`\`ts\n${readFileSync(application, 'utf8')}\`\`\``);
    const [shown] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => parse(yaml!));
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject(shown);
  });

  test('is learnt in a tree of models, in spite of its wrong labels', async () => {
    const { config } = await loadConfig(file);
    const run = await startRun(config);
    const { runDir, ended } = await run.toEnd();
    expect(ended).toBe('windows');
    const measured = journalOf(runDir).flatMap((line) => (line.type === 'evaluated' ? [line] : []));
    // The concentrations are uniform from 0.5 to 8.5: always saying their mean has an RMSE of 8 / sqrt(12).
    expect(measured[0]!.rmse).toBeGreaterThan(8 / Math.sqrt(12) / 1.2);
    expect(measured.at(-1)!.rmse).toBeLessThan(8 / Math.sqrt(12) / 3);
    // Of errors with this RMSE, the share above 0.5 is at most (rmse / 0.5)^2: Chebyshev.
    const { rmse, metrics } = measured.at(-1)!;
    expect(metrics!.within_half_ppm).toBeGreaterThan(1 - ((rmse as number) / 0.5) ** 2);
  });
});
