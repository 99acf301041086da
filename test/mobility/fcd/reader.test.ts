import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#src/errors.js';
import { readFcd } from '#src/mobility/fcd/reader.js';
import { fcd, file, problemOf, type ReadRow, readAll } from '../files.ts';

const SUMO_STYLE = `<?xml version="1.0" encoding="UTF-8"?>

<!-- generated on 2024-05-01 by Eclipse SUMO <sumo-config> -- is not here -->

<fcd-export xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://sumo.dlr.de/xsd/fcd_file.xsd">
    <timestep time="0.00">
        <vehicle id="v0" x="1.0" y="-2.25" angle="90.00" type="car" speed="1.0" pos="1" lane="a_0" slope="0.00"/>
        <person id="p0" x="3" y="4.5" angle="1" speed="1.2" pos="1" edge=":a_0" slope="0.00"/>
    </timestep>
    <timestep time="0.50"/>
    <timestep time="1.00">
    </timestep>
    <timestep time="1.50">
        <container id="c0" x="-0.5" y="0"/>
    </timestep>
</fcd-export>
`;

const SUMO_ROWS: ReadRow[] = [
  ['step', 0],
  ['car', 'v0', 1, -2.25],
  ['pedestrian', 'p0', 3, 4.5],
  ['step', 500_000],
  ['step', 1_000_000],
  ['step', 1_500_000],
  ['container', 'c0', -0.5, 0],
];

describe('what the reader understands', () => {
  test('a trace as SUMO writes it, and nothing but its root goes to fast-xml-parser', async () => {
    const { rows, summary } = await readAll(file(SUMO_STYLE));
    expect(rows).toEqual(SUMO_ROWS);
    expect(summary).toMatchObject({ steps: 4, rows: 3, lastTimeUs: 1_500_000, fallbacks: 1 });
  });

  test('the same with CRLF, a byte order mark, or gzipped under any name', async () => {
    const crlf = SUMO_STYLE.replaceAll('\n', '\r\n');
    expect((await readAll(file(crlf))).rows).toEqual(SUMO_ROWS);
    expect((await readAll(file(`\ufeff${SUMO_STYLE}`))).rows).toEqual(SUMO_ROWS);
    expect((await readAll(file(gzipSync(SUMO_STYLE), 'trace.xml.gz'))).rows).toEqual(SUMO_ROWS);
    expect((await readAll(file(gzipSync(SUMO_STYLE), 'trace.xml'))).rows).toEqual(SUMO_ROWS);
    const members = Buffer.concat([
      gzipSync(SUMO_STYLE.slice(0, 500)),
      gzipSync(SUMO_STYLE.slice(500)),
    ]);
    expect((await readAll(file(members, 'members.gz'))).rows).toEqual(SUMO_ROWS);
  });

  test('UTF-16 and Latin-1 are read whole by fast-xml-parser', async () => {
    const utf16 = Buffer.from(`\ufeff${SUMO_STYLE.replace('UTF-8', 'UTF-16')}`, 'utf16le');
    expect((await readAll(file(utf16))).rows).toEqual(SUMO_ROWS);
    const latin = SUMO_STYLE.replace('UTF-8', 'ISO-8859-1').replace('v0', 'é');
    expect((await readAll(file(Buffer.from(latin, 'latin1')))).rows[1]).toEqual([
      'car',
      'é',
      1,
      -2.25,
    ]);
  });

  test('attributes in any order, single quotes, spaces, nested and closed elements', async () => {
    const { rows } = await readAll(
      file(
        fcd(`<timestep  time = '10'>
          <vehicle lane="a>b" y="2" x="1" note="x=&quot;9&quot;" id="a"></vehicle>
          <vehicle\tid = 'b'
            x='1e1' y='+.5' ><person id="rider" x="10" y="0.5"/></vehicle >
          <unknown id="u"><vehicle id="inner" x="0" y="0"/></unknown>
          <!-- <vehicle id="no" x="0" y="0"/> --><?skip me?>
        </timestep><remark/>`),
      ),
    );
    expect(rows).toEqual([
      ['step', 10_000_000],
      ['car', 'a', 1, 2],
      ['car', 'b', 10, 0.5],
      ['pedestrian', 'rider', 10, 0.5],
      ['car', 'inner', 0, 0],
    ]);
  });

  test('XML entities in ids, also those of a document type', async () => {
    const { rows } = await readAll(
      file(`<!DOCTYPE fcd-export [<!ENTITY town "Boston">]><fcd-export><timestep time="0">
        <vehicle id="a&amp;b&lt;&#65;&#x42;&quot;" x="1" y="2"/>
        <vehicle id="&town;" x="1" y="2"/>
        <vehicle id="北京 é" x="1" y="2"/></timestep></fcd-export>`),
    );
    expect(rows.slice(1).map((row) => row[1])).toEqual(['a&b<AB"', 'Boston', '北京 é']);
  });

  test.each(['&eacute;', 'a & b', 'a&b'])('no entities that nothing declares: %s', async (id) => {
    const text = fcd(`<timestep time="0">\n<vehicle id="${id}" x="1" y="2"/></timestep>`);
    await expect(readAll(file(text))).rejects.toThrow(
      /:4:1: not well-formed XML: .*expected "&amp;/,
    );
  });

  test.each([
    ['0', 0],
    ['27000.04', 27_000_040_000],
    ['-5.5', -5_500_000],
    ['1e3', 1_000_000_000],
    ['1:02:03', 3_723_000_000],
    ['00:00:00.25', 250_000],
    ['1:00:00:01', 86_401_000_000],
  ])('a time %s is %i us', async (time, timeUs) => {
    const { rows } = await readAll(
      file(fcd(`<timestep time="${time}"><vehicle id="a" x="0" y="0"/></timestep>`)),
    );
    expect(rows[0]).toEqual(['step', timeUs]);
  });

  test('a vehicle and a person may have the same id', async () => {
    const { rows } = await readAll(
      file(
        fcd(
          '<timestep time="0"><vehicle id="0" x="0" y="0"/><person id="0" x="1" y="1"/></timestep>',
        ),
      ),
    );
    expect(rows.map((row) => row[0])).toEqual(['step', 'car', 'pedestrian']);
  });

  test('tags and comments that windows cut through, in a file of several windows', async () => {
    const steps = Array.from({ length: 9000 }, (_, k) => {
      const id = k % 7 === 0 ? `v&amp;${k}` : `v${k}`;
      return `<timestep time="${k}.00"><!-- ${'-'.repeat(k % 50)}x --><vehicle id="${id}" x="${k}.5" y="-${k}.25" lane="${'l'.repeat(k % 90)}"/></timestep>`;
    });
    const { rows, summary } = await readAll(file(fcd(steps.join('\n'))));
    expect(summary.rows).toBe(9000);
    expect(rows.filter((_, i) => i % 2 === 1)).toEqual(
      steps.map((_, k) => ['car', k % 7 === 0 ? `v&${k}` : `v${k}`, k + 0.5, -(k + 0.25)]),
    );
  });

  test('entities that left long ago are forgotten and found again', async () => {
    const steps = Array.from({ length: 300 }, (_, k) => {
      const rows = Array.from({ length: 40 }, (_, i) => `<vehicle id="${k}-${i}" x="0" y="0"/>`);
      return `<timestep time="${k}"><vehicle id="stays" x="1" y="1"/>${rows.join('')}</timestep>`;
    });
    const { rows } = await readAll(file(fcd(steps.join('\n'))));
    expect(rows.filter((row) => row[1] === 'stays')).toHaveLength(300);
    expect(new Set(rows.map((row) => row[1])).size).toBe(300 * 40 + 1 + 300);
  });
});

describe('an entity', () => {
  const far = Array.from({ length: 12_000 }, (_, k) => `<vehicle id="v${k}" x="${k}.25" y="0.5"/>`);

  test('twice in a timestep is refused, however far apart its rows are', async () => {
    const rows = ['<vehicle id="twice" x="1" y="1"/>', ...far, '<vehicle id="twice" x="1" y="1"/>'];
    const problem = await problemOf(
      readAll(file(fcd(`<timestep time="0">${rows.join('\n')}</timestep>`))),
    );
    expect(problem.found).toMatch(/"twice" twice in the timestep 0 s/);
  });

  test('is one object from step to step, in a file of several windows', async () => {
    const steps = Array.from(
      { length: 4 },
      (_, k) => `<timestep time="${k}">${far.join('\n')}</timestep>`,
    );
    const seen = new Set<object>();
    const sink = { step: () => {}, row: (entity: object) => void seen.add(entity) };
    await readFcd(file(fcd(steps.join('\n'))), sink);
    expect(seen.size).toBe(far.length);
  });
});

describe('rows of the form of those before them', () => {
  const steps = (rowOf: (k: number) => string, count = 20) =>
    Array.from({ length: count }, (_, k) => {
      const first = `<vehicle id="first" x="${k}" y="1"/>`;
      return `<timestep time="${k}">${first}${rowOf(k)}</timestep>`;
    }).join('\n');

  test('an id is not the one that reads as its escaped form', async () => {
    const text = steps((k) => {
      const id = k < 10 ? 'a&amp;amp;b' : 'a&amp;b';
      return `<vehicle id="${id}" x="${k}" y="1"/>`;
    });
    const { rows } = await readAll(file(fcd(text)));
    const ids = rows.map((row) => row[1]).filter((_, index) => index % 3 === 2);
    expect(ids.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'a&amp;b'));
    expect(ids.slice(10)).toEqual(Array.from({ length: 10 }, () => 'a&b'));
  });

  test('a byte order mark is part of an id', async () => {
    const { rows } = await readAll(file(fcd(steps(() => '<vehicle id="\ufeffv" x="0" y="0"/>'))));
    expect(rows[2]![1]).toBe('\ufeffv');
  });

  // The second byte of à is a space in Latin-1.
  test.each(['à', 'àx', 'àid'])('an attribute %s is no other one', async (name) => {
    const all = Array.from(
      { length: 20 },
      (_, k) => `<vehicle id="v${k}" x="${k}" y="2" ${name}="9"/>`,
    );
    const { rows } = await readAll(file(fcd(`<timestep time="0">${all.join('')}</timestep>`)));
    expect(rows[20]).toEqual(['car', 'v19', 19, 2]);
  });

  test.each([
    ['a name with a quote', 'a"b="1"'],
    ['no name', '="1"'],
    ['a name with a slash', 'a/b="1"'],
    ['an attribute twice', 'lane="1" lane="1"'],
    ['an element in a value', 'lane="<b>"'],
  ])('%s is not well-formed, however often it comes', async (_, attribute) => {
    const rowOf = (k: number) =>
      k < 10
        ? `<vehicle id="v" x="1" y="2" lane="1"/>`
        : `<vehicle id="v" x="1" y="2" ${attribute}/>`;
    for (const text of [steps((k) => rowOf(k)), steps(() => rowOf(10))]) {
      const problem = await problemOf(readAll(file(fcd(text))));
      expect(problem.found).toMatch(/not well-formed/);
    }
  });
});

describe('a pipe', () => {
  const pipe = (content: string) => {
    const path = file('', 'pipe');
    rmSync(path);
    execFileSync('mkfifo', [path]);
    spawn('sh', ['-c', 'cat "$0" > "$1"', file(content), path]);
    return path;
  };

  test('is read like a file, and its errors have no line', async () => {
    expect((await readAll(pipe(SUMO_STYLE))).rows).toEqual(SUMO_ROWS);
    const path = pipe(SUMO_STYLE.slice(0, -20));
    const problem = await problemOf(readAll(path));
    expect(problem.place).toEqual({ file: path });
    expect(problem.found).toMatch(/cut short/);
  });
});

describe('the scanner and fast-xml-parser', () => {
  const number = fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => x.toFixed(2)),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map(String),
    // Digits around the fifteen that the scanner takes itself.
    fc
      .tuple(fc.stringMatching(/^-?[0-9]{1,7}$/), fc.stringMatching(/^[0-9]{6,12}$/))
      .map(([whole, fraction]) => `${whole}.${fraction}`),
    fc.constantFrom('-0', '007', '.5', '5.', '123456789012345678', '0.12345678901234567'),
  );
  const escaped = (text: string, all: boolean) =>
    [...text].map((c) => (all || '&<"\''.includes(c) ? `&#${c.codePointAt(0)};` : c)).join('');
  const id = fc
    .tuple(
      fc.string({ unit: fc.constantFrom(...'abz019_:#-./ >&<"é北😀'), minLength: 1, maxLength: 8 }),
      fc.boolean(),
    )
    .map(([text, all]) => escaped(text, all));
  const attribute = (name: string, value: string, style: number) =>
    [
      ` ${name}="${value}"`,
      ` ${name}='${value}'`,
      `\n  ${name} = "${value}"`,
      `  ${name}="${value}" `,
    ][style]!;
  const style = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(3));
  const row = fc
    .record({
      name: fc.constantFrom('vehicle', 'person', 'container', 'other'),
      id,
      x: number,
      y: number,
      more: fc.subarray(['speed', 'lane', 'z', 'xx', 'i']),
      styles: fc.array(style, { minLength: 8, maxLength: 8 }),
      order: fc.nat(5),
      end: fc.constantFrom('/>', '/>', '/>', ' />', 'close', '/>\r\n', '/><!-- c -->'),
    })
    .map(({ name, id, x, y, more, styles, order, end }) => {
      const parts = [
        attribute('id', id, styles[0]!),
        attribute('x', x, styles[1]!),
        attribute('y', y, styles[2]!),
        ...more.map((other, i) => attribute(other, `1 > ${i}`, styles[3 + i]!)),
      ];
      const turned = [...parts.slice(order), ...parts.slice(0, order)].join('');
      return {
        key: `${name} ${id}`,
        text: `<${name}${turned}${end === 'close' ? `></${name}>` : end}`,
      };
    });
  const document = fc
    .array(fc.uniqueArray(row, { selector: (r) => r.key, maxLength: 6 }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((steps) =>
      fcd(
        steps
          .map((rows, k) =>
            rows.length === 0
              ? `<timestep time="${k}.50"/>`
              : `<timestep time="${k}.50">${rows.map((r) => r.text).join('\n')}</timestep>`,
          )
          .join('\n'),
      ),
    );
  const outcome = async (path: string, reader: 'scanner' | 'document') => {
    try {
      const { rows, summary } = await readAll(path, reader);
      return { rows, fallbacks: summary.fallbacks };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { error: error.message.replace(/^\S+ /, '') };
    }
  };

  test('agree on generated traces, and some of their tags needed the fallback', async () => {
    let fallbacks = 0;
    let rowsRead = 0;
    await fc.assert(
      fc.asyncProperty(document, async (text) => {
        const path = file(text);
        const scanned = await outcome(path, 'scanner');
        const parsed = await outcome(path, 'document');
        expect(scanned.rows).toEqual(parsed.rows);
        expect(scanned.error).toEqual(parsed.error);
        rowsRead += scanned.rows?.length ?? 0;
        fallbacks += (scanned.fallbacks ?? 1) - 1;
      }),
      { numRuns: 300 },
    );
    expect(rowsRead).toBeGreaterThan(500);
    expect(fallbacks).toBeGreaterThan(100);
  });

  test('agree on rows of a few forms, again and again', async () => {
    const forms = [
      (id: string, x: string) => `<vehicle id="${id}" x="${x}" y="1.5" type="car" lane="a>b"/>`,
      (id: string, x: string) =>
        `<vehicle id="${id}" x="${x}" y="1.5" type="car" lane="a>b"></vehicle>`,
      (id: string, x: string) => `<vehicle x="${x}" id="${id}" y="-7"/>`,
      (id: string, x: string) => `<person id="${id}" x="${x}" y="${x}" speed="1"/>`,
      (id: string, x: string) => `<person id="${id}" x="${x}" y="1" y="2"/>`,
    ];
    const rows = fc.uniqueArray(
      fc.record({
        // Each begins as others do.
        id: fc.constantFrom('v', 'v1', 'v10', 'v10a', 'v&amp;', 'p'),
        x: number,
        form: fc.oneof({ weight: 99, arbitrary: fc.nat(3) }, fc.constant(4)),
      }),
      { selector: ({ id }) => id, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 20 }), async (steps) => {
        const text = steps
          .map((step, k) => {
            const lines = step.map(({ id, x, form }) => forms[form]!(id, x));
            return `<timestep time="${k}">\n${lines.join('\n')}\n</timestep>`;
          })
          .join('\n');
        const path = file(fcd(text));
        const scanned = await outcome(path, 'scanner');
        const parsed = await outcome(path, 'document');
        expect(scanned.rows).toEqual(parsed.rows);
        if (parsed.error === undefined) expect(scanned.error).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('agree on a damaged trace that both take, and fail with an InputError only', async () => {
    const replaced = fc.constantFrom(...'<>"\'=/ &ax9.-!?');
    await fc.assert(
      fc.asyncProperty(document, fc.nat(), replaced, async (text, at, letter) => {
        const position = at % text.length;
        const path = file(text.slice(0, position) + letter + text.slice(position + 1));
        const scanned = await outcome(path, 'scanner');
        const parsed = await outcome(path, 'document');
        // Each is laxer than XML in its own places (names of attributes that were not asked for).
        if (!scanned.error && !parsed.error) expect(scanned.rows).toEqual(parsed.rows);
      }),
      { numRuns: 300 },
    );
  });

  test('a number is the same double, whichever way it takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 50 }), async (numbers) => {
        const rows = numbers.map((x, i) => `<vehicle id="${i}" x="${x}" y="0"/>`).join('');
        const read = await readAll(file(fcd(`<timestep time="0">${rows}</timestep>`)));
        expect(read.rows.slice(1).map((row) => row[2])).toEqual(numbers.map(Number));
      }),
      { numRuns: 100 },
    );
  });

  const committed = readdirSync('sumo-scenarios', { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.fcd\.xml(\.gz)?$/.test(name),
  );
  test.each(committed)('agree on the committed trace %s', async (name) => {
    const path = join('sumo-scenarios', name);
    const scanned = await readAll(path);
    const parsed = await readAll(path, 'document');
    // As text, because comparing 350 000 arrays one by one takes seconds.
    expect(JSON.stringify(scanned.rows) === JSON.stringify(parsed.rows)).toBe(true);
    expect(scanned.summary.fallbacks).toBe(1);
  });
});
