import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ensureFolder } from '../../ensure-folder.ts';
import { runProgram, sumoProgram, sumoTool } from './installed.ts';

/** The streets of a scenario: a grid of blocks, or a map of OpenStreetMap. */
export type Streets = { columns: number; rows: number; blockM: number } | { osm: string };

/** Of a scenario to be made. */
interface ScenarioSettings {
  streets: Streets;
  vehicles: number;
  durationS: number;
  seed: number;
}

/** The files of the folder, by what is in them. */
export const SCENARIO_FILES = {
  network: 'network.net.xml',
  demand: 'demand.rou.xml',
  configuration: 'scenario.sumocfg',
  trace: 'trace.fcd.xml.gz',
} as const;

/**
 * Makes a scenario with an installed SUMO in a folder: the network (netgenerate, netconvert), random
 * trips (randomTrips.py) and the trace. Out: the commands, as a shell would run them there.
 * Throws InputError.
 */
export async function buildScenario(
  folder: string,
  { streets, vehicles, durationS, seed }: ScenarioSettings,
  onStep: (what: string) => void,
): Promise<string[]> {
  ensureFolder(folder);
  const { network, demand, configuration, trace } = SCENARIO_FILES;
  const trips = sumoTool('randomTrips.py');
  const sumo = sumoProgram('sumo');
  const commands: string[] = [];
  const run = async (what: string, program: string, args: string[]) => {
    onStep(what);
    commands.push([program, ...args].join(' '));
    await runProgram(program, args, { folder });
  };
  const [builder, ...map] = networkCommand(streets);
  await run('the network', sumoProgram(builder!), [...map, '--seed', `${seed}`, '-o', network]);
  await run('the trips', 'python3', [
    ...[trips, '-n', network, '-r', demand, '-o', 'trips.xml', '--validate'],
    ...['-e', `${durationS}`, '-p', `${durationS / vehicles}`, '--seed', `${seed}`],
  ]);
  await writeFile(join(folder, configuration), configurationText(durationS, seed));
  const output = ['--fcd-output', trace, '--no-step-log', '--no-warnings'];
  await run('the trace', sumo, ['-c', configuration, ...output]);
  return commands;
}

function networkCommand(streets: Streets): string[] {
  if ('osm' in streets) {
    return [
      ...['netconvert', '--osm-files', resolve(streets.osm), '--geometry.remove'],
      ...['--junctions.join', '--tls.discard-simple', '--keep-edges.components', '1'],
      ...['--keep-edges.by-vclass', 'passenger', '--no-warnings'],
    ];
  }
  const { columns, rows, blockM } = streets;
  return [
    ...['netgenerate', '--grid', '--grid.x-number', `${columns + 1}`, '--grid.y-number'],
    ...[`${rows + 1}`, '--grid.length', `${blockM}`],
  ];
}

function configurationText(durationS: number, seed: number): string {
  return `<configuration>
    <input>
        <net-file value="${SCENARIO_FILES.network}"/>
        <route-files value="${SCENARIO_FILES.demand}"/>
    </input>
    <time>
        <end value="${durationS}"/>
    </time>
    <random_number>
        <seed value="${seed}"/>
    </random_number>
</configuration>
`;
}
