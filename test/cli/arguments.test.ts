import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMark, readOverride, readWhole } from '#src/cli/arguments.js';
import { clockTime, percent } from '#src/cli/formats.js';
import { readPlace } from '#src/cli/given-place.js';
import { indented } from '#src/cli/indented.js';
import { widthOf } from '#src/cli/terminal.js';

test('a mark is seconds, a clock time or a round', () => {
  expect(readMark('90')).toEqual({ timeUs: 90_000_000 });
  expect(readMark('0.000001')).toEqual({ timeUs: 1 });
  expect(readMark('1:02:03.5')).toEqual({ timeUs: 3_723_500_000 });
  expect(readMark('100:00:00')).toEqual({ timeUs: 360_000_000_000 });
  expect(readMark('round:12')).toEqual({ round: 12 });
});

test('anything else is no mark', () => {
  for (const text of [
    '',
    '-1',
    '1:2:3',
    '0:60:00',
    '0:00:60',
    '1:00',
    'round:',
    'round:-1',
    '1e3',
  ]) {
    expect(() => readMark(text), text).toThrow('Expected seconds, H:MM:SS or round:N.');
  }
});

test('a clock time that is shown is read again as the same whole second', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), (seconds) => {
      expect(readMark(clockTime(seconds))).toEqual({ timeUs: seconds * 1_000_000 });
    }),
  );
});

test('overrides add up in order', () => {
  expect(readOverride('b=2', readOverride('a=1', undefined))).toEqual(['a=1', 'b=2']);
  expect(() => readOverride('=1', undefined)).toThrow('Expected path=value');
});

test('whole numbers have a least value', () => {
  expect(readWhole(1)('12')).toBe(12);
  for (const text of ['0', '1.5', '-1', '', 'x', '9007199254740993']) {
    expect(() => readWhole(1)(text), text).toThrow('Expected a whole number, at least 1.');
  }
  expect(() => readWhole(1, 9)('10')).toThrow('Expected a whole number from 1 to 9.');
});

test('shares are shown in percent, and facts in lines that fit', () => {
  expect([percent(0.12345), percent(null)]).toEqual(['12.35 %', '-']);
  expect(indented('trace', 'one two three four five six seven', 40)).toEqual([
    '  trace      one two three four five six',
    '             seven',
  ]);
  const screen = { isTTY: true, columns: 99 };
  expect([widthOf(screen), widthOf({ ...screen, isTTY: false })]).toEqual([99, Infinity]);
});

test('a site is given in metres, in degrees or as a junction', () => {
  expect(readPlace('a=210,-95.5')).toEqual([{ id: 'a', site: { xM: 210, yM: -95.5 } }]);
  expect(readPlace('a=lat:42.3,lon:-71')).toEqual([{ id: 'a', site: { lat: 42.3, lon: -71 } }]);
  expect(readPlace('a=junction:8')).toEqual([{ id: 'a', site: { junction: '8' } }]);
  for (const wrong of ['a', 'a=1', 'a=1,', 'a=1,2,3', 'a=lat:1', 'a=lat:x,lon:1', '=1,2']) {
    expect(() => readPlace(wrong)).toThrow('Expected id=x,y in metres');
  }
  expect(() => readPlace('a=1,2', readPlace('a=3,4'))).toThrow('There is a site "a" already.');
});

test('a time before the zero of its clock has one minus', () => {
  expect([-5, -3605, -0.5, 0].map(clockTime)).toEqual([
    '-0:00:05',
    '-1:00:05',
    '-0:00:01',
    '0:00:00',
  ]);
});
