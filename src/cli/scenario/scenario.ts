import type { Command } from 'commander';
import { addConvert } from './convert.ts';
import { addInspect } from './inspect.ts';
import { addMake } from './make.ts';
import { addRender } from './render.ts';
import { addSites } from './sites.ts';

export function addScenario(program: Command): void {
  const scenario = program
    .command('scenario')
    .description('look at where a run takes place, convert it, or make it')
    .addHelpText(
      'after',
      `
Example:
  $ edgemlsim scenario inspect trace.fcd.xml.gz --network network.net.xml --sites 3`,
    );
  for (const add of [addInspect, addSites, addConvert, addMake, addRender]) add(scenario);
}
