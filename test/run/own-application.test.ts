import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '#src/config/load-config.js';
import { edgemlsim } from '../cli/program.ts';
import { only } from '../worlds/only.ts';
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

  /** Its first windows, with updates of workers on this trigger alone. */
  async function pushedBy(options: string) {
    const push = `layers.worker.push={rule: accuracy-gain, options: {split: test, ${options}}}`;
    const overrides = [push, 'layers.worker.flush=false', 'windows.count=4'];
    const { config } = await loadConfig(file, { overrides });
    const run = await startRun(config);
    const lines = journalOf((await run.toEnd()).runDir).filter((line) => 'n' in line);
    const sent = only(lines, 'update-sent').filter(({ node }) => node.startsWith('worker-'));
    return { workers: only(lines, 'run-started')[0]!.workers, sent, lines };
  }

  test('has updates that travel when its own metric has gained, the first one of each worker in any case', async () => {
    // A share of items cannot gain more than 1.
    const { workers, sent } = await pushedBy('metric: within_half_ppm, gain: 1.01');
    expect(sent.map(({ node }) => node).sort()).toEqual(
      Array.from({ length: workers }, (_, index) => `worker-${index + 1}`),
    );
    const { sent: more, lines } = await pushedBy('metric: rmse, gain: 0.05');
    expect(more.length).toBeGreaterThan(workers);
    const heldBack = only(lines, 'update-held-back').filter(({ node }) =>
      node.startsWith('worker-'),
    );
    expect(heldBack.length + more.length).toBe(only(lines, 'window-trained').length);
  });

  test('names its metrics where a trigger names another one, before anything runs', async () => {
    const push = 'layers.worker.push={rule: accuracy-gain, options: {metric: within_half}}';
    const { code, stderr } = await edgemlsim('validate', file, push);
    expect(code).toBe(3);
    expect(stderr).toContain(
      'layers.worker.push.options.metric: the model has no metric "within_half"',
    );
    expect(stderr).toContain('expected one of: loss, rmse, mae, r2, within_half_ppm');
    const inList = push.replace('{rule', '{any: [every-change, {rule').concat(']}');
    const second = await edgemlsim('validate', file, inList);
    expect(second.stderr).toContain('layers.worker.push.any.1.options.metric: the model has no');
    // Of classes only the loss is known besides the accuracy.
    const classes = await edgemlsim(
      ...['validate', fileURLToPath(new URL('configs/edge-hierarchy/small.yaml', root))],
      'layers.worker.push={rule: accuracy-gain, options: {metric: rmse}}',
    );
    expect(classes.stderr).toContain('the model has no metric "rmse"');
  });
});
