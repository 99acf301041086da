/** Measures that a study compares, one number a run. Null where a run has none. */
export interface Measures {
  /** Mean over the last evaluations; the untrained model is never among them. */
  accuracy: number | null;
  bestAccuracy: number | null;
  /** The same of a regression's error, which has no accuracy. */
  rmse: number | null;
  bestRmse: number | null;
  /** The same of the metric that the study's options name; null without one. */
  metric: number | null;
  /** Mean over the last evaluations; not finite when one of them is not. */
  loss: number | null;
  /** Of a back door, where one is tried: mean over the last evaluations. */
  attackSuccess: number | null;
  /**
   * Share of a layer's aggregations in which more vectors were Byzantine than declared, of the layer
   * in which it is greatest; null without any.
   */
  exceeded: number | null;
  /** Share of a selecting rule's aggregations in which it selected a Byzantine vector. */
  selectedByzantine: number | null;
  /** Mean over those that have one, with diagnostics: full. */
  meanKappa: number | null;
  rounds: number;
  updates: number;
  simTimeS: number;
  /** Simulated time a round. */
  roundS: number | null;
  /** Share of the started gradients that were dropped or lost. */
  wasted: number | null;
  handovers: number;
  /** Mean and maximum over the results that the cloud aggregated, and the gradients at its servers. */
  staleness: number | null;
  maximumStaleness: number | null;
  gradientStaleness: number | null;
}
