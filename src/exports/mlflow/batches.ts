/** A parameter or a tag. */
export interface Named {
  key: string;
  value: string;
}

export interface LoggedMetric {
  key: string;
  value: number | string;
  /** Milliseconds since 1970. */
  timestamp: number;
  step: number;
}

interface Batch {
  params: Named[];
  metrics: LoggedMetric[];
}

/** Limits of MLflow for one request, which may have 1 MB as well: metrics here have far less. */
const MOST_METRICS = 1000;
const MOST_PARAMETERS = 100;

/** Everything that is logged of a run, in requests that MLflow takes. */
export function* inBatches({ params, metrics }: Batch): Generator<Partial<Batch>> {
  for (const part of parts(params, MOST_PARAMETERS)) yield { params: part };
  for (const part of parts(metrics, MOST_METRICS)) yield { metrics: part };
}

function* parts<Item>(items: readonly Item[], most: number): Generator<Item[]> {
  for (let from = 0; from < items.length; from += most) yield items.slice(from, from + most);
}
