/** Names of built-in rules in papers and other libraries, by the words alone. */
const PUBLISHED: Readonly<Record<string, string>> = {
  average: 'mean',
  averaging: 'mean',
  fedavg: 'mean',
  median: 'marginal-median',
  comed: 'marginal-median',
  cwmed: 'marginal-median',
  coordinatewisemedian: 'marginal-median',
  cwtm: 'trimmed-mean',
  trmean: 'trimmed-mean',
  coordinatewisetrimmedmean: 'trimmed-mean',
  rfa: 'geometric-median',
  geomed: 'geometric-median',
  meamed: 'mean-around-median',
  mda: 'minimum-diameter-averaging',
  dnc: 'divide-and-conquer',
  signsgd: 'majority-sign',
  majorityvote: 'majority-sign',
  zeno: 'zeno-plus-plus',
  cc: 'centered-clipping',
  nnm: 'nearest-neighbor-mixing',
  arc: 'adaptive-robust-clipping',
  lie: 'a-little-is-enough',
  alie: 'a-little-is-enough',
  ipm: 'inner-product-manipulation',
  foe: 'inner-product-manipulation',
  fallofempires: 'inner-product-manipulation',
  signflipping: 'sign-flip',
  labelflipping: 'label-flip',
};

/** The built-in rule that the literature calls so; undefined for a name it does not have. */
export function publishedName(name: string): string | undefined {
  const words = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  return Object.hasOwn(PUBLISHED, words) ? PUBLISHED[words] : undefined;
}
