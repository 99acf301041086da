import { mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fcd, file, problemOf, readAll } from './files.ts';

const STEP_0 = '<timestep time="0"><vehicle id="a" x="0" y="0"/></timestep>';
const good = fcd(
  Array.from(
    { length: 5000 },
    (_, k) => `<timestep time="${k}"><vehicle id="a" x="${k}" y="0"/></timestep>`,
  ).join('\n'),
);

/** [what, content, line, column, part of what is found] */
const cases: [string, string | Uint8Array, number, number, RegExp][] = [
  ['a text', 'id,x,y\n1,2,3\n', 1, 1, /not an XML file/],
  ['JSON', '\n  {"a": 1}', 2, 3, /not an XML file/],
  ['an empty file', '', 1, 1, /an empty file/],
  ['another SUMO file', '<?xml version="1.0"?>\n<net version="1.9">', 2, 1, /<net>.*not an FCD/],
  ['a damaged tag', fcd('<timestep time=0>'), 3, 1, /not well-formed XML/],
  ['a wrong end tag', fcd('<timestep time="0"></vehicle>'), 3, 20, /found <\/vehicle>/],
  [
    'a repeated attribute',
    fcd(STEP_0.replace('x="0"', 'x="0" x="1"')),
    3,
    20,
    /"x" is there twice/,
  ],
  ['text between', fcd(`${STEP_0}\n\n   hello`), 5, 4, /"hello"/],
  ['a second root', `${fcd(STEP_0)}<fcd-export/>`, 5, 1, /behind the root/],
  ['a row outside a step', fcd('<vehicle id="a" x="0" y="0"/>'), 3, 1, /outside a <timestep>/],
  ['a step in a step', fcd('<timestep time="0"><timestep time="1"/></timestep>'), 3, 20, /inside/],
  ['a step without time', fcd('<timestep/>'), 3, 1, /without a time/],
  ['a time that is none', fcd('<timestep time="noon">'), 3, 1, /"noon"/],
  ['time going backwards', fcd(`<timestep time="5"/>\n${STEP_0}`), 4, 1, /time 0 s after time 5 s/],
  ['a time twice', fcd(`${STEP_0}\n${STEP_0}`), 4, 1, /time 0 s after time 0 s/],
  ['a row without id', fcd(STEP_0.replace('id="a"', '')), 3, 20, /without an id/],
  ['a row without x', fcd(STEP_0.replace('x="0"', '')), 3, 20, /id="a"> has no x/],
  ['a row without y', fcd(STEP_0.replace('y="0"', 'z="1"')), 3, 20, /id="a"> has no y/],
  ['no number', fcd(STEP_0.replace('y="0"', 'y="1,5"')), 3, 20, /y of .* is "1,5", not a number/],
  ['nan', fcd(STEP_0.replace('x="0"', 'x="nan"')), 3, 20, /x of .* is "nan", not a number/],
  ['a time after all time', fcd('<timestep time="1e20"/>'), 3, 1, /time 100000000000000000000 s/],
  ['nothing', fcd(STEP_0.replace('x="0"', 'x=""')), 3, 20, /is "", not a number/],
  [
    'an id twice',
    fcd(STEP_0.replace('</', '\n\t<vehicle id="&#97;" x="1" y="1"/></')),
    4,
    2,
    /"a" twice/,
  ],
  ['no timestep', fcd(''), 1, 1, /no <timestep>/],
  ['no entity', fcd('<timestep time="0"/><timestep time="1"/>'), 1, 1, /no vehicle, person/],
  [
    'half a trace',
    good.slice(0, good.indexOf(' y="0"', good.indexOf('"89"'))),
    92,
    43,
    /cut short.*inside a tag/,
  ],
  ['no end tag', good.replace('</fcd-export>', ''), 5004, 1, /inside <fcd-export>, at time 4999 s/],
  [
    'an open step',
    fcd('').replace('</fcd-export>', '<timestep time="7">'),
    5,
    1,
    /<timestep>, at time 7/,
  ],
  ['an open comment', '<fcd-export>\n<!-- hello', 2, 11, /inside a comment/],
];

describe('bad input is reported with its place and what to do:', () => {
  test.each(cases)('%s', async (_, content, line, column, found) => {
    const path = file(content);
    const problem = await problemOf(readAll(path));
    expect(problem.found).toMatch(found);
    expect(problem.place).toEqual({ file: path, line, column });
    expect(problem.advice?.length).toBeGreaterThan(0);
  });

  test('a column counts characters, not bytes, and lines in a gzip file are those unpacked', async () => {
    const content = fcd(`<timestep time="0"><!-- é北😀 --><vehicle id="a" x="0"/></timestep>`);
    for (const path of [file(content), file(gzipSync(content))]) {
      expect((await problemOf(readAll(path))).place).toEqual({ file: path, line: 3, column: 32 });
    }
  });

  test('a gzip file that was cut', async () => {
    const packed = gzipSync(good);
    const path = file(packed.subarray(0, packed.length / 2), 'cut.gz');
    const problem = await problemOf(readAll(path));
    expect(problem.found).toMatch(/gzip file is cut short/);
    expect(problem.place?.line).toBeGreaterThan(100);
    expect(problem.place?.line).toBeLessThan(5000);
    expect((await problemOf(readAll(path, 'document'))).found).toMatch(/gzip file is cut short/);
  });

  test('a gzip file with a changed byte', async () => {
    const packed = gzipSync(good);
    const middle = Math.floor(packed.length / 2);
    packed[middle] = packed[middle]! ^ 0xff;
    const problem = await problemOf(readAll(file(packed)));
    expect(problem.found).toMatch(
      /gzip file is damaged|not well-formed|twice|not a number|after time/,
    );
    const checksum = gzipSync(good);
    checksum[checksum.length - 6] = checksum[checksum.length - 6]! ^ 0xff;
    expect((await problemOf(readAll(file(checksum)))).found).toMatch(/gzip file is damaged/);
  });

  test('two gzip members of which the second is missing its end', async () => {
    const second = gzipSync(good.slice(20_000));
    const packed = Buffer.concat([gzipSync(good.slice(0, 20_000)), second.subarray(0, 300)]);
    expect((await problemOf(readAll(file(packed)))).found).toMatch(/gzip file is cut short/);
  });

  test('a file that is not there, a folder', async () => {
    const missing = `${file('')}-not`;
    const problem = await problemOf(readAll(missing));
    expect(problem).toMatchObject({ place: { file: missing }, found: 'no such file' });
    mkdirSync(missing);
    expect((await problemOf(readAll(missing))).found).toBe('a folder, not a file');
  });

  test('a name that is no UTF-8, of which two could be one as text', async () => {
    const rows = ['é', 'è'].map((id) => `<vehicle id="${id}" x="1" y="1"/>`);
    const others = ["'é'", "'è'"].map((id) => `<vehicle id=${id} x="1" y="1"/>`);
    for (const [first, second] of [rows, others]) {
      const text = fcd(`<timestep time="0">\n${first}\n${second}\n</timestep>`);
      const problem = await problemOf(readAll(file(Buffer.from(text, 'latin1'))));
      expect(problem.place).toMatchObject({ line: 4, column: 1 });
      expect(problem.found).toContain('bytes that are no text in UTF-8');
    }
  });

  test('an unknown encoding', async () => {
    const problem = await problemOf(readAll(file(good.replace('UTF-8', 'klingon'))));
    expect(problem.found).toMatch(/"klingon"/);
  });

  test.each([
    ['another root', '<a>\n<b/></a>', 1, 1],
    ['an id twice', fcd(STEP_0.replace('</', '\n<vehicle id="a" x="1" y="1"/></')), 4, 1],
    ['an open tag', '<fcd-export>\n<timestep time="0">', 1, 1],
  ])('fast-xml-parser reading it whole gives places too: %s', async (_, text, line, column) => {
    const path = file(text);
    const problem = await problemOf(readAll(path, 'document'));
    expect(problem.place).toMatchObject({ file: path, line, column: expect.anything() });
    if (line > 1) expect(problem.place?.column).toBe(column);
  });
});

test('zeros behind the end of a gzip file are padding', async () => {
  const padded = Buffer.concat([gzipSync(good), Buffer.alloc(100_000)]);
  const { summary } = await readAll(file(padded, 'padded.xml.gz'));
  expect(summary.rows).toBe(5000);
});
