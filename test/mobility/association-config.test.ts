import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarioOf } from '#src/config/scenario.js';
import { workersOf } from '#src/config/workers.js';
import { InputError } from '#src/errors.js';
import { planMobility } from '#src/mobility/contacts.js';
import { load, problemsOf, validConfig } from '../config/config-in-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const example = resolve('docs/examples/longest-contact.ts');

/** The associations of a config, and how many are handovers. */
async function associations(...overrides: string[]) {
  const { config } = await load(validConfig, [
    'mobility.workers.mode=one-per-entity',
    ...overrides,
  ]);
  const scenario = await scenarioOf(config);
  const { events } = planMobility(scenario.trace, scenario, workersOf(config));
  return events.filter((event) => event.type === 'associate');
}

describe('mobility.association', () => {
  it('strongest is nearest, but for rounding, where all servers are equal', async () => {
    const radio = ['mobility.radio.model=log-distance', 'mobility.radio.server.powerDbm=0'];
    const nearest = await associations(...radio);
    const strongest = await associations(...radio, 'mobility.association=strongest');
    expect(nearest.length).toBeGreaterThan(10);
    expect(strongest.map(({ worker, server }) => [worker, server])).toEqual(
      nearest.map(({ worker, server }) => [worker, server]),
    );
    const apart = strongest.map(({ timeUs }, i) => Math.abs(timeUs - nearest[i]!.timeUs));
    expect(Math.max(...apart)).toBeLessThanOrEqual(2);
  });

  it('takes a policy from a file: the example of docs/association.md', async () => {
    const page = readFileSync('docs/association.md', 'utf8');
    expect(page).toContain(`\`\`\`ts\n${readFileSync(example, 'utf8')}\`\`\``);
    const own = await associations(`mobility.association=${example}`);
    const nearest = await associations();
    // It joins two seconds after the contact begins, if that lasts.
    const first = (events: typeof own, id: string) => events.find(({ worker }) => worker === id)!;
    const { worker, timeUs } = own[0]!;
    expect(timeUs).toBe(first(nearest, worker).timeUs + 2_000_000);
  });

  it.each([
    [['mobility.association=stickt'], 'unknown association policy "stickt"'],
    [['mobility.association=nearst'], 'did you mean "nearest"?'],
    [['mobility.association=mean'], 'that is the name of an aggregator'],
    [['mobility.association=a3'], 'a3 compares received power, which the radio model range has'],
    [
      ['mobility.association={ policy: minimum-stay, options: { stayS: 0 } }'],
      'mobility.association.options.stayS: found 0 (minimum-stay)',
    ],
    [['mobility.association={ policy: nearest, options: { x: 1 } }'], 'nearest has no options'],
  ])('is refused: %s', async (overrides, message) => {
    const problems = await problemsOf(validConfig, overrides);
    expect(problems).toContain('mobility.association');
    expect(problems).toContain(message);
  });

  it.each([
    ["throw new Error('boo')", 'failed: boo'],
    ['', 'gave no answer'],
    ['return { server: null, askAgainUs: NaN }', 'wants to be asked again at NaN us'],
    ['return { server: null, askAgainUs: nowUs }', 'wants to be asked again at'],
    ['return { server: null, askAgainUs: nowUs + 0.5 }', 'was asked 10000 times in a row'],
  ])('names a file whose policy does: %s', async (body, message) => {
    const folder = temporaryFolder('policy');
    const file = join(folder, 'mine.js');
    writeFileSync(
      file,
      `import { defineAssociationPolicy } from 'edgemlsim/rules';
export default defineAssociationPolicy({ name: 'mine', summary: 'wrong', decide({ nowUs }) { ${body} } });`,
    );
    const failed = await associations(`mobility.association=${file}`).catch((error) => error);
    expect(failed).toBeInstanceOf(InputError);
    expect(failed.message).toContain(`association policy "mine" (${file}) ${message}`);
  });
});
