import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { openStream, type RandomStream } from '../src/simulation/random.ts';

/** Contents of a generated trace. */
interface Traffic {
  /** Stays of vehicles; each lasts `drivingS`, and a tenth of them are second ones of a vehicle. */
  stays: number;
  spanS: number;
  drivingS: number;
  /** The map is a square of this side. */
  sideM: number;
}

/** One that drives along streets, which are 200 m apart, and turns at random. */
interface Vehicle {
  xM: number;
  yM: number;
  /** In quarters of a turn. */
  heading: number;
}

const BLOCK_M = 200;
const SPEED_MPS = 13.89;
const DIRECTIONS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

export function vehicleOn(sideM: number, random: RandomStream): Vehicle {
  const street = () => Math.floor(random.float() * (sideM / BLOCK_M + 1)) * BLOCK_M;
  return { xM: street(), yM: street(), heading: Math.floor(random.float() * 4) };
}

/** For one second, in hundredths of a metre. */
export function drive(one: Vehicle, sideM: number, random: RandomStream): void {
  const draw = random.float();
  const stepM = SPEED_MPS * (0.5 + draw / 2);
  const [dx, dy] = DIRECTIONS[one.heading]!;
  const inside = (m: number) => Math.round(100 * Math.min(sideM, Math.max(0, m))) / 100;
  one.xM = inside(one.xM + dx * stepM);
  one.yM = inside(one.yM + dy * stepM);
  const isAtEdge = one.xM % sideM === 0 || one.yM % sideM === 0;
  if (draw < (isAtEdge ? 0.5 : 0.015)) one.heading = (one.heading + 1) % 4;
}

/** Writes vehicles that come and go, a row a second each, as SUMO's FCD has them. Out: how many rows. */
export async function writeTraffic(
  file: string,
  { stays, spanS, drivingS, sideM }: Traffic,
): Promise<number> {
  const random = openStream(1, 'traffic');
  const output = createWriteStream(file);
  const write = async (text: string) => {
    if (!output.write(text)) await once(output, 'drain');
  };
  await write('<?xml version="1.0" encoding="UTF-8"?>\n\n<fcd-export>\n');
  const fromS = (stay: number) => Math.floor((stay / stays) * Math.max(1, spanS - drivingS));
  let driving: (Vehicle & { id: string; untilS: number })[] = [];
  let [next, rows] = [0, 0];
  for (let timeS = 0; timeS < spanS; timeS += 1) {
    driving = driving.filter(({ untilS }) => timeS < untilS);
    for (; next < stays && fromS(next) <= timeS; next += 1) {
      const id = `veh${next % Math.ceil(stays / 1.1)}`;
      driving.push({ id, untilS: fromS(next) + drivingS, ...vehicleOn(sideM, random) });
    }
    const lines = [`    <timestep time="${timeS}.00">`];
    for (const one of driving) {
      lines.push(
        `        <vehicle id="${one.id}" x="${one.xM.toFixed(2)}" y="${one.yM.toFixed(2)}" ` +
          `angle="${one.heading * 90}.00" type="car" speed="${SPEED_MPS}" ` +
          `pos="${(one.xM % BLOCK_M).toFixed(2)}" lane="${one.heading}_0" slope="0.00"/>`,
      );
      drive(one, sideM, random);
    }
    rows += driving.length;
    await write(`${lines.join('\n')}\n    </timestep>\n`);
  }
  await write('</fcd-export>\n');
  output.end();
  await once(output, 'close');
  return rows;
}
