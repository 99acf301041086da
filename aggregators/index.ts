import type { Aggregator } from 'edgemlsim/rules';
import bulyan from './bulyan.ts';
import caf from './caf.ts';
import centeredClipping from './centered-clipping.ts';
import clippedClustering from './clipped-clustering.ts';
import divideAndConquer from './divide-and-conquer.ts';
import geometricMedian from './geometric-median.ts';
import kardam from './kardam.ts';
import krum from './krum.ts';
import majoritySign from './majority-sign.ts';
import marginalMedian from './marginal-median.ts';
import mean from './mean.ts';
import meanAroundMedian from './mean-around-median.ts';
import minimumDiameterAveraging from './minimum-diameter-averaging.ts';
import monna from './monna.ts';
import multiKrum from './multi-krum.ts';
import phocas from './phocas.ts';
import signGuard from './sign-guard.ts';
import smea from './smea.ts';
import trimmedMean from './trimmed-mean.ts';
import zenoPlusPlus from './zeno-plus-plus.ts';

/** Every built-in aggregator; each is the default export of the file of its name. */
export const aggregators: readonly Aggregator[] = [
  bulyan,
  caf,
  centeredClipping,
  clippedClustering,
  divideAndConquer,
  geometricMedian,
  kardam,
  krum,
  majoritySign,
  marginalMedian,
  mean,
  meanAroundMedian,
  minimumDiameterAveraging,
  monna,
  multiKrum,
  phocas,
  signGuard,
  smea,
  trimmedMean,
  zenoPlusPlus,
] as readonly Aggregator[];
