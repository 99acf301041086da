import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readNetwork } from '#src/mobility/network.js';
import { placeOnNetwork } from '#src/mobility/projection.js';
import { file, problemOf } from './files.ts';

const BOSTON = 'sumo-scenarios/boston-common';

const NET = `<?xml version="1.0" encoding="UTF-8"?>
<net version="1.9" junctionCornerDetail="5">
    <location netOffset="10.00,-20.5" convBoundary="0.00,0.00,100.00,50.00" origBoundary="0,0,1,1" projParameter="!"/>
    <edge id=":a_0" function="internal"/>
    <junction id="a&amp;b" type="priority" x="1.50" y="-2.00" incLanes="" intLanes="" shape="0,0"/>
    <junction id=":a_0" type="internal" x="3" y="4"/>
    <junction id="c" type="dead_end" x="100" y="50"/>
</net>
`;

describe('a network', () => {
  test('gives its junctions without the internal ones, its bounds and offset', async () => {
    for (const path of [file(NET, 'net.xml'), file(gzipSync(NET), 'net.xml.gz')]) {
      expect(await readNetwork(path)).toEqual({
        file: path,
        junctions: [
          { id: 'a&b', xM: 1.5, yM: -2 },
          { id: 'c', xM: 100, yM: 50 },
        ],
        edges: new Set(),
        bounds: { minXM: 0, minYM: 0, maxXM: 100, maxYM: 50 },
        offset: { xM: 10, yM: -20.5 },
        projection: undefined,
      });
    }
  });

  test.each([
    ['junction', '<junction id="c" x="1" y="2"/>'],
    ['edge', '<edge id="e"/><edge id="f"/>\n    <edge id="e"/>'],
  ])('with a second %s of one id is refused there', async (name, element) => {
    const path = file(NET.replace('</net>', `    ${element}\n</net>`), 'net.xml');
    const { place, found } = await problemOf(readNetwork(path));
    expect(found).toMatch(new RegExp(`^a second <${name}> with the id "[ce]"$`));
    expect(place).toEqual({ file: path, line: name === 'edge' ? 9 : 8, column: 5 });
  });

  test('that unpacks to more than a network is read of is refused', async () => {
    const spaces = gzipSync(Buffer.alloc(2 ** 20, ' '));
    const packed = Buffer.concat([gzipSync(NET), ...Array.from({ length: 300 }, () => spaces)]);
    const path = file(packed, 'net.xml.gz');
    expect(await problemOf(readNetwork(path))).toMatchObject({
      place: { file: path },
      found: 'holds more than 256 MiB, unpacked',
    });
  });

  test('of Boston places every node where netconvert did, to its centimetre', async () => {
    const network = await readNetwork(`${BOSTON}/network.net.xml`);
    const junctions = new Map(network.junctions.map((junction) => [junction.id, junction]));
    const nodes = readFileSync(`${BOSTON}/network.nod.xml`, 'utf8').matchAll(
      /<node id="([^"]+)" x="([^"]+)" y="([^"]+)"/g,
    );
    let count = 0;
    for (const [, id, longitude, latitude] of nodes) {
      const place = { latitude: Number(latitude), longitude: Number(longitude) };
      const { xM, yM } = placeOnNetwork(network, place);
      const junction = junctions.get(id!)!;
      expect(Math.hypot(xM - junction.xM, yM - junction.yM), id).toBeLessThan(0.015);
      count++;
    }
    expect(count).toBe(junctions.size);
  });
});

describe('a network that is none is reported with its place:', () => {
  test.each([
    ['another root', '\n<fcd-export/>', 2, 1, /<fcd-export>/],
    ['no XML', 'hello', 1, 1, /not well-formed/],
    ['cut in the middle', NET.slice(0, NET.indexOf('</net>')), 2, 1, /not well-formed.*net/],
    ['no location', '<net>\n</net>', 1, 1, /no <location>/],
    ['a broken offset', NET.replace('10.00,-20.5', '10.00'), 3, 5, /netOffset .* "10.00"/],
    ['a junction without y', NET.replace('y="-2.00"', ''), 5, 5, /y of <junction> is ""/],
    ['bounds in another order', NET.replace('0.00,0.00,100', '900,0.00,100'), 3, 5, /convBoundary/],
    ['a junction without id', NET.replace('id="c"', ''), 7, 5, /without an id/],
  ])('%s', async (_, text, line, column, found) => {
    const path = file(text, 'net.xml');
    const problem = await problemOf(readNetwork(path));
    expect(problem.found).toMatch(found);
    expect(problem.place).toEqual({ file: path, line, column });
    expect(problem.advice?.length).toBeGreaterThan(0);
  });

  test('a missing file, half a gzip file', async () => {
    expect((await problemOf(readNetwork('/no/such/net.xml'))).found).toBe('no such file');
    const half = file(gzipSync(NET).subarray(0, 100), 'net.xml.gz');
    expect((await problemOf(readNetwork(half))).found).toMatch(/cut short/);
  });

  test('degrees on a network without projection, or with an unknown one', async () => {
    const boston = { latitude: 42.35, longitude: -71.06 };
    const plain = await readNetwork(file(NET));
    const place = async (projection?: string) => placeOnNetwork({ ...plain, projection }, boston);
    expect((await problemOf(place())).found).toMatch(/no projection/);
    expect((await problemOf(place('+proj=moon'))).found).toMatch(/"\+proj=moon" cannot be used/);
  });
});

describe('what is no XML is said in words of this program:', () => {
  const many = '<net>'.repeat(50_000);
  test.each([
    ['an empty file', '', 'it has no element'],
    ['text', 'hello', 'text where an element is expected'],
    [
      'an element that does not end',
      '<net><edge>\n</net>',
      'found </net>, expected the end of <edge>, which begins in line 1',
    ],
    ['very many of them', many, '<net> does not end'],
    ['a value without its second quote', '<net a="1>', 'in <net> a value has no closing quote'],
    ['an attribute twice', '<net a="1" a="2"/>', 'the attribute "a" is there twice'],
    ['a name with a line end', '<net\u0085x/>', '"net\u0085x" is no name'],
    ['a name of JavaScript', '<net __proto__="1"/>', '"__proto__" is a name that no file may use'],
    [
      'deep elements',
      `${'<a>'.repeat(200)}${'</a>'.repeat(200)}`,
      'more than 100 elements within each other',
    ],
    [
      'another file',
      '<!DOCTYPE n [<!ENTITY a SYSTEM "file:///etc/passwd">]><net>&a;</net>',
      'an entity of another file, which is not read',
    ],
  ])('%s', async (_, text, words) => {
    const path = file(text, 'net.xml');
    const { found, place } = await problemOf(readNetwork(path));
    expect(found).toBe(`not well-formed XML: ${words}`);
    expect(place?.file).toBe(path);
  });
});

test('a network in UTF-16 is read, with and without its mark, and bytes that are no text are refused', async () => {
  const wide = NET.replace('UTF-8', 'UTF-16');
  const plain = await readNetwork(file(NET));
  for (const text of [`\ufeff${wide}`, wide]) {
    const little = file(Buffer.from(text, 'utf16le'), 'net.xml');
    expect(await readNetwork(little)).toEqual({ ...plain, file: little });
    const big = file(Buffer.from(text, 'utf16le').swap16(), 'net.xml');
    expect(await readNetwork(big)).toEqual({ ...plain, file: big });
  }
  const declared = file(wide, 'net.xml');
  expect(await readNetwork(declared)).toEqual({ ...plain, file: declared });
  const latin = file(Buffer.from(NET.replace('a&amp;b', 'é'), 'latin1'), 'net.xml');
  expect((await problemOf(readNetwork(latin))).found).toBe('bytes that are no text in UTF-8');
});
