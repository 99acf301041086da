import type { Figure } from './figure.ts';
import { inFolder, live, ownConfig, targeted, virtual } from './live.ts';

const NAMES = ['1-3', '1-5', '1-7', '1-6', '1-2-6'];
const VIRTUAL_S = 10;
const SPEED = 60;

/** The published edge hierarchies: how long each takes in the virtual world, and 1-2-6 live at 60 times real time. */
export function benchPublishedTrees(): Promise<Figure[]> {
  return inFolder(async (dir) => {
    const figures: Figure[] = [];
    for (const name of NAMES) {
      const taken = await virtual(dir, await ownConfig(`edge-hierarchy/${name}`, []));
      figures.push({
        name: `configs/edge-hierarchy/${name}.yaml in the virtual world, 2 threads`,
        value: taken.cpuS,
        unit: 's of CPU',
        ...targeted(taken.cpuS < VIRTUAL_S, `under ${VIRTUAL_S} s`),
        note: `${taken.wallS.toFixed(1)} s by the clock, beside whatever else this machine does`,
      });
    }
    const config = await ownConfig('edge-hierarchy/1-2-6', []);
    const theirs = await virtual(dir, config);
    const ours = await live(dir, { ...config, live: { speed: SPEED } });
    const ratio = ours.rounds / theirs.rounds;
    figures.push({
      name: `configs/edge-hierarchy/1-2-6.yaml live at ${SPEED} times real time: merges at the root`,
      value: ours.rounds,
      unit: 'merges',
      reference: `the virtual run, ${theirs.rounds}`,
      ratio,
      ...targeted(ratio >= 0.9, 'ratio at least 0.9'),
      note: [
        `${ours.simTimeS.toFixed(0)} s in ${ours.wallS.toFixed(1)} s, evaluations with the clock paused included`,
        `99 of 100 of the coordinator's timers at most ${ours.lateMs.toFixed(1)} ms late`,
        `${ours.cpuS.toFixed(1)} s of CPU of all processes`,
      ].join(', '),
    });
    return figures;
  });
}
