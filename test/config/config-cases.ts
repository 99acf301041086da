import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { problemsOf, validConfig } from './config-in-folder.ts';

/** Appends settings of layers to the valid config. */
export const withLayers = (layers: string): string => `${validConfig}layers: { ${layers} }\n`;
export const attack = (byzantine: string, more = 'rule: sign-flip'): string =>
  `worker: { attack: { ${more}, byzantine: ${byzantine} } }`;

/** Failures in a config whose cloud waits for no child without end. */
export const withFaults = (faults: string): string =>
  `${withLayers('cloud: { deadlineS: 9 }')}faults: { ${faults} }\n`;

export const ownNumbers = resolve('test/worlds/own-numbers.js');

export const boston = `name: boston
mobility:
  trace: ${resolve('sumo-scenarios/boston-common/trace.fcd.xml.gz')}
  network: ${resolve('sumo-scenarios/boston-common/network.net.xml')}
servers:
  - { id: a, site: { junction: beacon-joy } }
`;

/** A wrong config, with changes to it, and parts of the problems reported. */
export type Case = [title: string, text: string, overrides: string[], problems: string[]];

/** Each of the cases is reported in one problem. */
export function testCases(cases: readonly Case[]): void {
  for (const [title, text, overrides, problems] of cases) {
    test(`an input error: ${title}`, async () => {
      const reported = await problemsOf(text, overrides);
      for (const problem of problems) expect(reported).toContain(problem);
      // One fault, one problem (a model has two ends), so that no consequence is reported as a problem of its own.
      expect(reported.match(/^\S.*$/gm)).toHaveLength(title.startsWith('a model that') ? 2 : 1);
    });
  }
}
