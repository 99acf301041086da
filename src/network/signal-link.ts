import { exp, log, log10, pow } from '../elementary.ts';
import type { Signal, SignalDirection } from '../mobility/radio/signal.ts';
import type { TimeUs } from '../simulation/time.ts';

/** Properties that the signal of a contact decides, instead of the link's own settings. */
export interface SignalSettings {
  bandwidthMHz: number;
  /** Null: the bandwidth of the link. */
  rate: RateSettings | null;
  /** Null: none besides the link's. */
  loss: SignalLoss | null;
}

type RateSettings =
  | { kind: 'shannon'; efficiency: number; capMbps: number | null }
  /** Rising in both: from each ratio on, that rate; none below the first. */
  | { kind: 'table'; steps: readonly { snrDb: number; mbps: number }[] };

type SignalLoss =
  /** Shape m of the power's gamma distribution, whole; 1 is Rayleigh's. */
  | { kind: 'fading'; m: number }
  /** Rising ratios, with the loss at each; linear in between. */
  | { kind: 'table'; packets: readonly { snrDb: number; loss: number }[] };

type Direction = 'up' | 'down';

/** Thermal noise at 290 K in dBm of one Hz. */
const THERMAL_DBM = -174;

/** Simpson's panels for a piece of the way: its error is far below that of the straight lines. */
const PANELS = 4;

/** Megabits a second at that ratio of signal to noise. */
export function rateMbps(snrDb: number, rate: RateSettings, bandwidthMHz: number): number {
  if (rate.kind === 'shannon') {
    const capacity = (bandwidthMHz * log(1 + pow(10, snrDb / 10))) / Math.LN2;
    return Math.min(rate.efficiency * capacity, rate.capMbps ?? Number.POSITIVE_INFINITY);
  }
  return rate.steps.findLast((step) => step.snrDb <= snrDb)?.mbps ?? 0;
}

/**
 * Probability that a message is lost. Fading: that the power, whose mean is `marginDb` above the
 * sensitivity, is below it (gamma distribution of shape m).
 */
export function lossProbability(marginDb: number, snrDb: number, loss: SignalLoss): number {
  if (loss.kind === 'fading') {
    const x = loss.m * pow(10, -marginDb / 10);
    let term = 1;
    let sum = 1;
    for (let k = 1; k < loss.m; k += 1) {
      term *= x / k;
      sum += term;
    }
    return Math.min(1, Math.max(0, 1 - exp(-x) * sum));
  }
  const { packets } = loss;
  const after = packets.findIndex((each) => each.snrDb > snrDb);
  if (after < 0) return packets.at(-1)!.loss;
  if (after === 0) return packets[0]!.loss;
  const [a, b] = [packets[after - 1]!, packets[after]!];
  return a.loss + ((b.loss - a.loss) * (snrDb - a.snrDb)) / (b.snrDb - a.snrDb);
}

/**
 * When the last bit is received of a message whose first one is sent then: the integral of the rate is
 * its size. In microseconds, at most `toleranceUs` too late; just after the contact's end where that
 * comes first.
 */
export function sentUs(
  signal: Signal,
  direction: Direction,
  { bandwidthMHz, rate }: SignalSettings & { rate: RateSettings },
  bits: number,
  startUs: TimeUs,
  toleranceUs = 1e-3,
): number {
  const rateAt = (lossDb: number) =>
    rateMbps(snrDb(signal[direction], lossDb, bandwidthMHz), rate, bandwidthMHz);
  const kinks = kinksOf(rate, bandwidthMHz).map((at) => snrDb(signal[direction], at, bandwidthMHz));
  let left = bits;
  let endUs = startUs;
  // Of a ratio and of a loss the sum is the same, so a ratio's loss is found by the same formula.
  for (const piece of piecesOf(signal, startUs, Number.POSITIVE_INFINITY, kinks)) {
    const area = integralOf(rateAt, piece, piece.toUs);
    if (area >= left) return timeOf(rateAt, piece, left, toleranceUs);
    left -= area;
    endUs = piece.toUs;
  }
  return endUs + 1;
}

/** How many bits that rate sends in that time. */
export function bitsOverSignal(
  signal: Signal,
  direction: Direction,
  { bandwidthMHz, rate }: SignalSettings & { rate: RateSettings },
  fromUs: TimeUs,
  toUs: TimeUs,
): number {
  const rateAt = (lossDb: number) =>
    rateMbps(snrDb(signal[direction], lossDb, bandwidthMHz), rate, bandwidthMHz);
  const kinks = kinksOf(rate, bandwidthMHz).map((at) => snrDb(signal[direction], at, bandwidthMHz));
  let bits = 0;
  for (const piece of piecesOf(signal, fromUs, toUs, kinks)) {
    bits += integralOf(rateAt, piece, piece.toUs);
  }
  return bits;
}

/** Mean probability of losing a message over the time in which it is sent. */
export function meanLoss(
  signal: Signal,
  direction: Direction,
  { bandwidthMHz, loss }: SignalSettings & { loss: SignalLoss },
  fromUs: number,
  toUs: number,
): number {
  const { powerDbm, sensitivityDbm } = signal[direction];
  const lossAt = (lossDb: number) => {
    const ratio = snrDb(signal[direction], lossDb, bandwidthMHz);
    return lossProbability(powerDbm - lossDb - sensitivityDbm, ratio, loss);
  };
  const kinks = loss.kind === 'fading' ? [] : loss.packets.map((each) => each.snrDb);
  const lossesOfKinks = kinks.map((at) => snrDb(signal[direction], at, bandwidthMHz));
  let area = 0;
  let lengthUs = 0;
  let last = 0;
  for (const piece of piecesOf(signal, fromUs, Math.max(toUs, fromUs + 1), lossesOfKinks)) {
    area += integralOf(lossAt, piece, piece.toUs);
    lengthUs += piece.toUs - piece.fromUs;
    last = lossAt(piece.toDb);
  }
  return lengthUs > 0 ? area / lengthUs : last;
}

/** Signal less noise at that path loss. */
function snrDb(
  { powerDbm, noiseFigureDb }: SignalDirection,
  lossDb: number,
  bandwidthMHz: number,
): number {
  return powerDbm - lossDb - (THERMAL_DBM + 10 * log10(bandwidthMHz * 1e6) + noiseFigureDb);
}

/** Ratios at which the rate is not smooth. */
function kinksOf(rate: RateSettings, bandwidthMHz: number): number[] {
  if (rate.kind === 'table') return rate.steps.map((step) => step.snrDb);
  if (rate.capMbps === null) return [];
  return [10 * log10(pow(2, rate.capMbps / (rate.efficiency * bandwidthMHz)) - 1)];
}

/** A time in which the path loss changes along a straight line. */
interface Piece {
  fromUs: number;
  toUs: number;
  fromDb: number;
  toDb: number;
}

/** The pieces of a signal between two times, cut where the loss passes one of these values. */
function* piecesOf(
  { sinceUs, losses }: Signal,
  fromUs: number,
  toUs: number,
  kinksDb: readonly number[],
): Generator<Piece> {
  for (let i = 2; i < losses.length; i += 2) {
    const [beginUs, endUs] = [sinceUs + losses[i - 2]!, sinceUs + losses[i]!];
    const [first, last] = [Math.max(beginUs, fromUs), Math.min(endUs, toUs)];
    if (first >= last) continue;
    const [beginDb, slope] = [
      losses[i - 1]!,
      (losses[i + 1]! - losses[i - 1]!) / (endUs - beginUs),
    ];
    const dbAt = (timeUs: number) => beginDb + slope * (timeUs - beginUs);
    const cuts = kinksDb
      .map((db) => beginUs + (db - beginDb) / slope)
      .filter((timeUs) => timeUs > first && timeUs < last)
      .sort((a, b) => a - b);
    for (const [index, end] of [...cuts, last].entries()) {
      const begin = index === 0 ? first : cuts[index - 1]!;
      yield { fromUs: begin, toUs: end, fromDb: dbAt(begin), toDb: dbAt(end) };
    }
  }
}

/** From the piece's beginning to a time in it; values are taken just inside of its ends. */
function integralOf(valueAt: (lossDb: number) => number, piece: Piece, toUs: number): number {
  const { fromUs, fromDb } = piece;
  const slope = (piece.toDb - fromDb) / (piece.toUs - fromUs);
  const width = (toUs - fromUs) / (2 * PANELS);
  const at = (index: number) => {
    const inside = index === 0 ? 1e-9 : index === 2 * PANELS ? index - 1e-9 : index;
    return valueAt(fromDb + slope * inside * width);
  };
  let sum = at(0) + at(2 * PANELS);
  for (let index = 1; index < 2 * PANELS; index += 1) sum += (index % 2 === 1 ? 4 : 2) * at(index);
  return (sum * width) / 3;
}

/** When the integral from the piece's beginning is that much: bisected, at most so much too late. */
function timeOf(
  valueAt: (lossDb: number) => number,
  piece: Piece,
  wanted: number,
  toleranceUs: number,
): number {
  let [low, high] = [piece.fromUs, piece.toUs];
  while (high - low > toleranceUs) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (integralOf(valueAt, piece, middle) < wanted) low = middle;
    else high = middle;
  }
  return high;
}
