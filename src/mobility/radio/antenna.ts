/** One end of a radio link. */
export interface Antenna {
  powerDbm: number;
  gainDbi: number;
  /** The least power that is received. */
  sensitivityDbm: number;
  heightM: number;
  noiseFigureDb: number;
}

/** The most path loss in dB with which both ends receive each other. */
export function maximumLossDb(a: Antenna, b: Antenna): number {
  const gainsDb = a.gainDbi + b.gainDbi;
  const lossDb = (from: Antenna, to: Antenna) => from.powerDbm + gainsDb - to.sensitivityDbm;
  return Math.min(lossDb(a, b), lossDb(b, a));
}
