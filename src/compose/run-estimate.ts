import type { Config } from '../config/config-schema.ts';
import { roundUpProduct } from '../nodes/round-up.ts';
import type { Composition } from './compose.ts';
import type { TransferBounds } from './forecast.ts';
import { topologyOf, treeBytes } from './topology.ts';

const NUMBER_BYTES = 4;

/** Sizes and counts of a run, as far as its config gives them. */
export interface RunEstimate {
  /** Of the model. */
  parameters: number;
  /** Of a vector in full, without headers. */
  vectorBytes: number;
  /** Gradients, of a tree of models windows, that workers compute. */
  computed: TransferBounds;
  /** Vectors that nodes send, up and down. */
  vectors: TransferBounds;
  /** Events in the journal, at least; 0 where the run may end early. */
  events: number;
  /** Bytes of the data and of the vectors that are kept, at least. */
  memoryBytes: number;
}

/** Bounds from counts alone: nothing is simulated. */
export function estimateRun(
  config: Config,
  { settings, dataset, parameters, computation }: Composition,
): RunEstimate {
  const { train, validation, test } = computation.splitItems;
  const items = train + validation + test;
  const dimension = parameters.reduce((sum, { length }) => sum + length, 0);
  const dataBytes = NUMBER_BYTES * items * (dataset.features + 1);
  const vectorBytes = NUMBER_BYTES * dimension;
  const made = { parameters: dimension, vectorBytes };
  const windows = (config.windows?.count ?? 0) * settings.workers.length;
  if (config.rounds.mode === 'hierarchical' && config.mobility.model === 'static') {
    const nodes = topologyOf(config, dimension, settings.memory);
    const links = nodes.flatMap(({ transfers }) => transfers ?? []);
    const vectors = total(links.flatMap(({ up, down }) => [up, down]));
    // Fewer are trained where a queue is full, rounds end, or some do not take part.
    const computed = { least: 0, most: windows };
    return {
      ...{ ...made, computed, vectors },
      events: vectors.least,
      memoryBytes: dataBytes + treeBytes(nodes, dimension),
    };
  }
  const { epochs, gradientsPerEpoch, maximumRounds, maximumTimeS } = config.training;
  const isTree = config.rounds.mode === 'hierarchical';
  const endsWithTrace = config.mobility.model !== 'static' && config.mobility.end === 'stop';
  const hasLimit = maximumRounds !== undefined || maximumTimeS !== undefined;
  const mayEndBefore = isTree || hasLimit || endsWithTrace;
  const least = mayEndBefore ? 0 : roundUpProduct(epochs, gradientsPerEpoch);
  return {
    ...made,
    computed: { least, most: isTree ? windows : null },
    // Each gradient begins with a model and is sent.
    vectors: { least: 2 * least, most: null },
    // It begins, and has an end.
    events: 2 * least,
    memoryBytes: dataBytes + vectorBytes * (1 + config.servers.length),
  };
}

function total(bounds: readonly TransferBounds[]): TransferBounds {
  const least = bounds.reduce((sum, bound) => sum + bound.least, 0);
  if (bounds.some(({ most }) => most === null)) return { least, most: null };
  return { least, most: bounds.reduce((sum, { most }) => sum + most!, 0) };
}
