/** A measure of the user's own: how it is named and read. Plain data. */
export interface OwnMetricFacts {
  name: string;
  /** Of its values; null: none. */
  unit: string | null;
  /** Which of two values is the better one. */
  better: 'higher' | 'lower';
}
