import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Config } from '#src/config/config-schema.js';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';

export const nanAttack = fileURLToPath(new URL('../forge-not-a-number.js', import.meta.url));

const share = fc.constantFrom(0, 0, 0.1, 0.4);

/** Slow enough for a model to be overtaken by a word, or fast. */
const link = fc.record({
  bandwidthMbps: fc.constantFrom(0.01, 20),
  latencyMs: fc.constantFrom(0, 20, 150),
  loss: share,
  duplication: share,
  corruption: fc.constantFrom(0, 0, 0, 0.2),
  jitterS: fc.constantFrom(
    undefined,
    undefined,
    { distribution: 'exponential', meanS: 0.3 } as const,
    { distribution: 'uniform', fromS: 0.01, toS: 2 } as const,
  ),
});

const who = fc.oneof(
  fc.record({
    count: fc.nat({ max: 2 }),
    scope: fc.constantFrom('global', 'local', 'per-aggregation'),
  }),
  fc.record({
    fraction: fc.constantFrom(0.2, 0.5),
    scope: fc.constantFrom('local', 'per-aggregation'),
  }),
);

const times = fc.constantFrom({}, {}, { fromS: 3 }, { untilS: 8 }, { fromS: 3.5, untilS: 12.25 });

const region = fc.record({
  site: fc.record({
    xM: fc.integer({ min: 160, max: 320 }),
    yM: fc.integer({ min: 60, max: 140 }),
  }),
  rangeM: fc.constantFrom(10, 40),
});

const places = fc.record(
  { kind: fc.constantFrom('car', 'pedestrian'), region },
  { requiredKeys: [] },
);

const vectorAttack = fc.constantFrom('sign-flip', 'bit-flip', nanAttack);

const deliveryAttack = fc.constantFrom(
  { rule: 'drop' },
  { rule: 'drop', options: { probability: 0.4 } },
  { rule: 'delay', options: { delayMs: 700 } },
  { rule: 'delay', options: { delayMs: { distribution: 'exponential', meanMs: 2000 } } },
  { rule: 'duplicate', options: { copies: 2, laterMs: 300 } },
);

/** A draw at an aggregation comes too late for attacks that act when a node sends. */
const settled = <Byzantine extends { scope: string }>(byzantine: Byzantine) =>
  byzantine.scope === 'per-aggregation' ? { ...byzantine, scope: 'local' } : byzantine;

const attackOf = (byzantine: fc.Arbitrary<{ scope: string }>) =>
  fc.option(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ rule: vectorAttack, byzantine }) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(deliveryAttack, byzantine)
          .map(([attack, who]) => ({ ...attack, byzantine: settled(who) })),
      },
    ),
    { nil: undefined },
  );

const ofServers = fc.tuple(who, times).map(([a, b]) => ({ ...a, ...b }));
const ofWorkers = fc.tuple(who, times, places).map(([a, b, c]) => ({ ...a, ...b, ...c }));

const training = fc.record(
  {
    momentum: fc.record({
      beta: fc.constantFrom(0, 0.9),
      form: fc.constantFrom('dampened', 'undampened'),
    }),
    localSteps: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: [] },
);

const stalenessWeight = fc.constantFrom('constant', 'hinge', 'polynomial', 'buffered');

const fallback = (rule: string) => ({ fallback: { rule } });

const aggregate = fc.record({
  rule: fc.constantFrom('mean', 'marginal-median', 'monna'),
  f: fc.nat({ max: 1 }),
  tooFew: fc.constantFrom('skip', 'wait', ...['mean', 'centered-clipping'].map(fallback)),
  stalenessWeight: stalenessWeight.map((rule) => ({ rule })),
});

const edgeLayer = fc.record({
  collect: fc.oneof(
    fc.record(
      {
        count: fc.integer({ min: 1, max: 4 }),
        from: fc.constantFrom('any', 'each'),
        maxPerWorker: fc.integer({ min: 1, max: 2 }),
      },
      { requiredKeys: ['count'] },
    ),
    fc.record({ fraction: fc.constantFrom(0.3, 0.6, 1) }),
  ),
  deadlineS: fc.constantFrom(0.3, 1, 4),
  aggregate,
  aggregationMsPerVector: fc.constantFrom(0, 30),
  attack: attackOf(ofServers),
  capacity: fc.record(
    {
      sharing: fc.constantFrom('none', 'processor', 'fifo'),
      maximumWorkers: fc.integer({ min: 1, max: 3 }),
      whenFull: fc.constantFrom('queue', 'refuse'),
    },
    { requiredKeys: ['sharing', 'whenFull'] },
  ),
  link,
});

/** Every layer waits with a deadline, since messages may be lost below it. */
const upperLayer = fc.record({
  collect: fc.constantFrom('all', 'one', 'any two'),
  deadlineS: fc.constantFrom(3, 8),
  aggregate,
  aggregationMsPerVector: fc.constantFrom(0, 30, 1500),
  link,
});

const server = fc.record({
  xM: fc.integer({ min: 160, max: 320 }),
  yM: fc.integer({ min: 60, max: 140 }),
  rangeM: fc.integer({ min: 25, max: 80 }),
});

/** Cloud and edges, with up to two tiers of inner servers between them. */
function tree(sites: readonly { xM: number; yM: number; rangeM: number }[], tiers: number) {
  const inner = ['area', 'region'].slice(2 - tiers).map((layer, tier, all) => ({
    id: layer,
    layer,
    parent: tier === 0 ? 'cloud' : all[tier - 1]!,
  }));
  const parent = inner.at(-1)?.id ?? 'cloud';
  const leaves = sites.map(({ rangeM, ...site }, index) => ({
    id: `edge-${index}`,
    parent,
    site,
    rangeM,
  }));
  return { servers: [...inner, ...leaves], innerLayers: inner.map(({ layer }) => layer) };
}

const rounds = fc.oneof(
  fc.constant({ mode: 'synchronous' } as const),
  fc.constant({ mode: 'asynchronous' } as const),
  fc.record({
    mode: fc.constant('partially-asynchronous' as const),
    maximumStaleness: fc.integer({ min: 1, max: 4 }),
    late: fc.constantFrom('use' as const, 'drop' as const),
  }),
);

const failing = fc
  .record({
    atS: fc.constantFrom(0, 0.02, 1, 2.5, 7, 12.4),
    meanTimeToFailureS: fc.constantFrom(1, 6, 30),
    isAtSetTime: fc.boolean(),
    recoverAfterS: fc.constantFrom(
      undefined,
      0.01,
      1.5,
      6,
      { distribution: 'exponential', meanS: 2 } as const,
      { distribution: 'uniform', fromS: 0.5, toS: 4 } as const,
    ),
  })
  .map(({ atS, meanTimeToFailureS, isAtSetTime, recoverAfterS }) => ({
    ...(isAtSetTime ? { atS } : { meanTimeToFailureS }),
    recoverAfterS,
  }));

/** Of workers, edges, or the tier above the edges (where there is none, of edges). */
const failures = fc.record({
  crashes: fc.array(
    fc.record({
      layer: fc.constantFrom('worker', 'edge', 'region'),
      fraction: fc.constantFrom(0.5, 1),
      state: fc.constantFrom('lost', 'kept'),
      failing,
    }),
    { maxLength: 3 },
  ),
  cuts: fc.array(
    fc.record({ layer: fc.constantFrom('edge', 'region'), fraction: fc.constant(0.7), failing }),
    { maxLength: 2 },
  ),
});

function faultsOf(
  { crashes, cuts }: typeof failures extends fc.Arbitrary<infer T> ? T : never,
  tiers: number,
) {
  const layerOf = (layer: string) => (layer === 'region' && tiers === 0 ? 'edge' : layer);
  return {
    crashes: crashes.map(({ layer, fraction, state, failing }) => ({
      nodes: { layer: layerOf(layer), fraction },
      state,
      ...failing,
    })),
    cuts: cuts.map(({ layer, fraction, failing }) => ({
      servers: { layer: layerOf(layer), fraction },
      ...failing,
    })),
  };
}

/** Several of one sender come only when no worker waits for the next model. */
function collectAbove(collect: string, { mode }: { mode: string }) {
  if (collect === 'all') return 'all' as const;
  if (collect === 'one' || mode === 'synchronous') return { count: 1 };
  return { count: 2, from: 'any' as const };
}

/** Ranges, and signals that give rate and loss; 300 bytes take some 20 ms to a second. */
const radios: NonNullable<TinyInput['mobility']>['radio'][] = [
  undefined,
  undefined,
  {
    model: 'log-distance',
    worker: { powerDbm: 8 },
    bandwidthMHz: 0.01,
    rate: { model: 'shannon', capMbps: 0.06 },
    loss: { fading: 'rayleigh' },
  },
  {
    model: 'umi-street-canyon',
    worker: { powerDbm: 0 },
    shadowing: { deviationDb: 3 },
    rate: { table: [{ snrDb: 8, mbps: 0.003 }] },
    loss: { packetErrors: [{ snrDb: 10, loss: 0.3 }] },
  },
];

/** Planned from the movement, and decided by load while the run goes on. */
const associations: NonNullable<TinyInput['mobility']>['association'][] = [
  ...(['nearest', 'least-loaded', 'sticky', 'least-loaded'] as const),
  { policy: 'minimum-stay', options: { stayS: 2 } },
];

/** Those that need received power, too. */
const associationsByPower: typeof associations = [
  ...associations,
  'strongest',
  { policy: 'a3', options: { offsetDb: 1, hysteresisDb: 0.5, timeToTriggerS: 0.1 } },
];

/** Small systems of every shape, over the crossing trace. */
export const randomSystem: fc.Arbitrary<Config> = fc
  .record({
    seed: fc.nat(),
    sites: fc.array(server, { minLength: 1, maxLength: 3 }),
    tiers: fc.integer({ min: 0, max: 2 }),
    edge: edgeLayer,
    upper: upperLayer,
    rounds,
    faults: fc.option(failures, { nil: { crashes: [], cuts: [] } }),
    worker: fc.record({
      gradientS: fc.oneof(
        fc.constantFrom(0.1, 0.7),
        fc.constant({ distribution: 'exponential', meanS: 0.5 } as const),
      ),
      departure: fc.constantFrom('drop', 'carry', 'wait'),
      training,
      attack: attackOf(ofWorkers),
      link,
    }),
    mode: fc.constantFrom('leased', 'one-per-entity'),
    slots: fc.integer({ min: 1, max: 6 }),
    end: fc.constantFrom('stop', 'repeat'),
    owners: fc.constantFrom('regions', 'workers'),
    training: fc.record({
      maximumRounds: fc.integer({ min: 1, max: 15 }),
      maximumTimeS: fc.constantFrom(5, 18.25, 60, undefined),
      epochs: fc.constantFrom(0.05, 20),
      combine: fc.constantFrom('sum', 'mean'),
      gradient: fc.constantFrom('sum', 'mean'),
    }),
    everyGradients: fc.constantFrom(5, 500),
    hasBackhaul: fc.boolean(),
    diagnostics: fc.constantFrom('cheap' as const, 'full' as const),
  })
  .map((drawn) => {
    const { seed, edge, rounds, worker, mode, end, owners, training, everyGradients } = drawn;
    const { servers, innerLayers } = tree(drawn.sites, drawn.tiers);
    const radio = radios[seed % radios.length]!;
    const policies = radio === undefined ? associations : associationsByPower;
    const association = policies[seed % policies.length];
    const upper = { ...drawn.upper, collect: collectAbove(drawn.upper.collect, rounds) };
    return tinyConfig({
      seed,
      mobility: {
        ...{ ...tinyInput.mobility, end, radio, association },
        handover: { delayS: seed % 3 === 0 ? 0.3 : 0 },
        workers: { mode, count: drawn.slots },
      },
      servers,
      rounds,
      faults: faultsOf(drawn.faults, drawn.tiers),
      backhauls: drawn.hasBackhaul ? [{ id: 'cable', bandwidthMbps: 0.1 }] : [],
      layers: {
        ...Object.fromEntries(innerLayers.map((layer) => [layer, upper])),
        cloud: { ...upper, attack: undefined },
        edge: drawn.hasBackhaul ? { ...edge, link: { ...edge.link, backhaul: 'cable' } } : edge,
        worker: { ...worker, link: { ...worker.link, maximumRetries: seed % 2 } },
      },
      data: { ...tinyInput.data, owners },
      training: { ...training, learningRate: 0.01 },
      evaluation: { everyGradients },
      diagnostics: drawn.diagnostics,
    });
  });
