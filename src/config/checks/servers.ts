import type { Problem } from '../../errors.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';

/** Keys of servers that would do nothing beside the others. */
export function serverProblems(
  { servers, mobility }: Config,
  problem: ConfigSource['problem'],
): Problem[] {
  const { model } = mobility.radio;
  const isStatic = mobility.model === 'static';
  return servers.flatMap(({ rangeM, service }, index) => {
    const problems: Problem[] = [];
    if (rangeM !== undefined && model !== 'range') {
      const advice = [
        `remove it: the path loss of ${model} decides which workers are in range`,
        `or set mobility.radio.model: range; powerDbm and gainDbi in servers[].radio change the reach of one server`,
      ];
      const found = `${rangeM} m, but mobility.radio.model is ${model}, which has no range`;
      problems.push(problem(['servers', index, 'rangeM'], found, advice));
    }
    if (service !== undefined && isStatic) {
      const advice = ['remove it, or set mobility.trace or a movement model'];
      const found = 'times of service, but workers that stay are always with their server';
      problems.push(problem(['servers', index, 'service'], found, advice));
    }
    return problems;
  });
}
