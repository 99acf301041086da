import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InputError } from '#src/errors.js';
import { readBuildings } from '#src/mobility/buildings.js';
import { temporaryFolder } from '../temporary-folder.ts';

function written(...polygons: string[]): string {
  const file = join(temporaryFolder('buildings'), 'map.poly.xml');
  writeFileSync(file, `<additional>\n${polygons.join('\n')}\n</additional>\n`);
  return file;
}

const house = '<poly id="1" type="building.house" shape="0,0 10,0 10,5.5,3"/>';
const park = '<poly id="2" type="landuse.park" shape="0,0 9,0 9,9"/>';

it('reads the buildings of a file of polygons, without their heights', async () => {
  expect(await readBuildings(written(house, park))).toEqual([{ shape: [0, 0, 10, 0, 10, 5.5] }]);
});

it('takes all polygons where none is called a building, but those in degrees', async () => {
  const inDegrees = '<poly id="3" shape="-71,42 -71,43 -72,43" geo="1"/>';
  expect(await readBuildings(written(park, inDegrees))).toEqual([{ shape: [0, 0, 9, 0, 9, 9] }]);
});

it('names the line of a shape that it cannot read', async () => {
  const reading = readBuildings(
    written(house, '<poly id="7" type="building" shape="0,0 1,x 2,2"/>'),
  );
  const error = (await reading.catch((thrown) => thrown)) as InputError;
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toMatch(/map\.poly\.xml:3:1.*polygon "7" is no list of x,y pairs/s);
});
