/**
 * The built-in aggregation rules as functions: `import { krum } from 'edgemlsim/aggregators'`.
 * `docs/rules.md` has the formula, the cost, the ties and the options of each.
 *
 * @module edgemlsim/aggregators
 */

import bulyanRule from '../../aggregators/bulyan.ts';
import cafRule from '../../aggregators/caf.ts';
import centeredClippingRule from '../../aggregators/centered-clipping.ts';
import clippedClusteringRule from '../../aggregators/clipped-clustering.ts';
import divideAndConquerRule from '../../aggregators/divide-and-conquer.ts';
import geometricMedianRule from '../../aggregators/geometric-median.ts';
import kardamRule from '../../aggregators/kardam.ts';
import krumRule from '../../aggregators/krum.ts';
import majoritySignRule from '../../aggregators/majority-sign.ts';
import marginalMedianRule from '../../aggregators/marginal-median.ts';
import meanRule from '../../aggregators/mean.ts';
import meanAroundMedianRule from '../../aggregators/mean-around-median.ts';
import minimumDiameterAveragingRule from '../../aggregators/minimum-diameter-averaging.ts';
import monnaRule from '../../aggregators/monna.ts';
import multiKrumRule from '../../aggregators/multi-krum.ts';
import phocasRule from '../../aggregators/phocas.ts';
import signGuardRule from '../../aggregators/sign-guard.ts';
import smeaRule from '../../aggregators/smea.ts';
import trimmedMeanRule from '../../aggregators/trimmed-mean.ts';
import zenoPlusPlusRule from '../../aggregators/zeno-plus-plus.ts';
import { callableAggregator } from './callable.ts';

export type { PlainData } from '../rules/contract/plain-data.ts';
export type { ChainResult } from '../rules/running/chain.ts';
export type {
  AggregatorFunction,
  CallContext,
  OwnOptions,
  SeededSettings,
  Settings,
} from './callable.ts';
export type { VectorInput } from './inputs.ts';
export { callableAggregator };

/**
 * Bulyan: n - 2f vectors are selected, one at a time, by Krum among those left; then at every
 * coordinate the mean of the n - 4f values of these nearest to their median.
 *
 * Needs n >= 4f + 3.
 * Source: El Mhamdi et al., ICML 2018, section 4; what Krum counts among few it leaves open.
 */
export const bulyan = callableAggregator(bulyanRule);

/**
 * CAF, the covariance-bound agnostic filter: vectors far out in the direction of greatest spread
 * lose weight, step by step; the weighted mean of the step with the least spread is the result.
 *
 * Needs n >= 2f + 1.
 * Source: Allouah et al., "Towards trustworthy federated learning with untrusted participants",
 * ICML 2025 (CAF); after Diakonikolas et al.'s filters.
 */
export const caf = callableAggregator(cafRule);

/**
 * Centered clipping: from a start v, L times v <- v + the mean of the differences x_i - v, each
 * shortened to at most tau.
 *
 * Needs n >= 2f + 1.
 * Source: Karimireddy et al., "Learning from history for Byzantine robust optimization", ICML
 * 2021. tau = 10 as in Blades, which takes five iterations; ByzFL 0.0.11 has tau = 100 and starts
 * at zero each time (`start: zero`).
 */
export const centeredClipping = callableAggregator(centeredClippingRule);

/**
 * Clipped clustering: vectors are shortened to the median norm seen so far, then split in two by
 * their directions; the mean of the larger part.
 *
 * Needs n >= 2f + 1.
 * Source: Li et al., "An experimental study of Byzantine-robust aggregation schemes in federated
 * learning", IEEE Trans. Big Data 2023 (ClippedClustering), as in Blades; there all norms are
 * kept.
 */
export const clippedClustering = callableAggregator(clippedClusteringRule);

/**
 * Divide and conquer (DnC): in some coordinates drawn at random, the c f vectors farthest out in
 * the direction of greatest spread are left out; the result is the mean of those that stay each
 * time.
 *
 * Needs n >= 2f + 1 and n > c f.
 * Source: Shejwalkar and Houmansadr, NDSS 2021, algorithm 2; one time, b = 10 000 and c = 1 as
 * there.
 */
export const divideAndConquer = callableAggregator(divideAndConquerRule);

/**
 * Geometric median: near the point with the least sum of distances to the n vectors, by the
 * smoothed Weiszfeld algorithm.
 *
 * Needs n >= 2f + 1.
 * Source: Pillutla et al., "Robust aggregation for federated learning" (RFA), IEEE TSP 2022,
 * algorithm 2. From zero with nu = 0.1, T = 3 as ByzFL 0.0.11.
 */
export const geometricMedian = callableAggregator(geometricMedianRule);

/**
 * Kardam: two filters for asynchronous rounds, then the mean of what passes, dampened by
 * staleness.
 *
 * Needs n >= 1; it stands f of 3 f + 1 senders over time.
 * Source: Damaskinos et al., "Asynchronous Byzantine machine learning (the case of SGD)", ICML
 * 2018. There each gradient makes a step of its own: collect 1. The authors' program also accepts
 * one after as many refusals in a row as there are workers; here a refused K joins the others, so
 * that f of n' at most are refused for long.
 */
export const kardam = callableAggregator(kardamRule);

/**
 * Krum: the vector with the least sum of squared distances to its n - f - 2 nearest others.
 *
 * Needs n >= 2f + 3.
 * Source: Blanchard et al., NeurIPS 2017, section 4. ByzFL 0.0.11 counts n - f - 1 others, one
 * more than the paper: `neighbours: n-f-1`; and it accepts n > 2f, where Krum's bound does not
 * hold. Given torch tensors it squares in float32: of (9e30), (0), (1e30), (2.1e30), (6e30) it
 * takes the first.
 */
export const krum = callableAggregator(krumRule);

/**
 * Majority sign (signSGD with majority vote): at every coordinate the sign of the sum of the
 * vectors' signs.
 *
 * Needs n >= 2f + 1: then where the honest agree they have the majority.
 * Source: Bernstein et al., ICLR 2019 (signSGD with majority vote).
 */
export const majoritySign = callableAggregator(majoritySignRule);

/**
 * Marginal median: at every coordinate the median of the n values.
 *
 * Needs n >= 2f + 1: then every value lies between two honest ones.
 * Source: Yin et al., ICML 2018, definition 1; Xie et al., "Generalized Byzantine-tolerant SGD",
 * 2018 (marginal median).
 */
export const marginalMedian = callableAggregator(marginalMedianRule);

/**
 * Mean: the arithmetic mean, weighted when the server gives weights. One Byzantine vector moves it
 * as far as it likes: the baseline, not a defence.
 *
 * Needs n >= 1, whatever f.
 * Source: McMahan et al., AISTATS 2017 (FedAvg), where the weights are sample counts.
 */
export const mean = callableAggregator(meanRule);

/**
 * Mean around median (meamed): at every coordinate the mean of the n - f values nearest to the
 * median.
 *
 * Needs n >= 2f + 1.
 * Source: Xie et al., "Generalized Byzantine-tolerant SGD", 2018 (mean around median).
 */
export const meanAroundMedian = callableAggregator(meanAroundMedianRule);

/**
 * Minimum-diameter averaging (MDA): the mean of the n - f vectors whose greatest distance among
 * themselves is least.
 *
 * Needs n >= 2f + 1.
 * Source: El Mhamdi et al., "Genuinely distributed Byzantine machine learning", PODC 2020;
 * Rousseeuw 1985.
 */
export const minimumDiameterAveraging = callableAggregator(minimumDiameterAveragingRule);

/**
 * MoNNA's mixing: the mean of the n - f vectors nearest to a trusted one.
 *
 * Needs n >= 2f + 1.
 * Source: Farhadkhani et al., ICML 2023 (nearest-neighbour averaging). ByzFL 0.0.11 trusts the
 * vector of one index, the first by default: `pivot: first`, robust only if that sender is honest.
 */
export const monna = callableAggregator(monnaRule);

/**
 * Multi-Krum: the mean of the m vectors with the best scores of Krum, m = n - f by default.
 *
 * Needs n >= 2f + 3 and n >= m.
 * Source: Blanchard et al., NeurIPS 2017, section 4 (m-Krum in the supplementary; m = n - f is
 * what later work uses, ByzFL among it). ByzFL 0.0.11 counts n - f - 1 others: `neighbours:
 * n-f-1`.
 */
export const multiKrum = callableAggregator(multiKrumRule);

/**
 * Phocas: at every coordinate the mean of the n - f values nearest to the trimmed mean.
 *
 * Needs n >= 2f + 1.
 * Source: Xie et al., "Phocas: dimensional Byzantine-resilient stochastic gradient descent", 2018.
 */
export const phocas = callableAggregator(phocasRule);

/**
 * SignGuard: vectors whose norm is far from the median norm, or whose share of positive and
 * negative elements is unlike the others', are left out; the mean of the rest, shortened to the
 * median norm.
 *
 * Needs n >= 2f + 1.
 * Source: Xu et al., "Byzantine-robust federated learning through collaborative malicious gradient
 * filtering", ICDCS 2022: lower 0.1, upper 3, a tenth of the coordinates. Its mean shift is
 * scikit-learn's, with quantile 0.5.
 */
export const signGuard = callableAggregator(signGuardRule);

/**
 * SMEA, smallest maximum eigenvalue averaging: the mean of the n - f vectors whose covariance has
 * the least greatest eigenvalue.
 *
 * Needs n >= 2f + 1.
 * Source: Allouah et al., "On the privacy-robustness-utility trilemma in distributed learning",
 * ICML 2023 (SMEA).
 */
export const smea = callableAggregator(smeaRule);

/**
 * Trimmed mean: at every coordinate the mean of the values without the f least and the f greatest.
 *
 * Needs n >= 2f + 1: then every value lies between two honest ones.
 * Source: Yin et al., ICML 2018, definition 2, with beta = f / n.
 */
export const trimmedMean = callableAggregator(trimmedMeanRule);

/**
 * Zeno++: the mean of the vectors that, brought to the length of the server's own gradient v,
 * promise to lower the loss: <v, x> - rho |x|^2 >= -epsilon, each as x = v's length times its
 * direction.
 *
 * Needs n >= 1 and a reference: the server's own gradient.
 * Source: Xie, Koyejo, Gupta, "Zeno++: robust fully asynchronous SGD", ICML 2020, with c = 1. The
 * authors' program takes |x|^2 before the length is changed: `penalised: received`.
 */
export const zenoPlusPlus = callableAggregator(zenoPlusPlusRule);
