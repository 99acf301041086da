import type { Config } from '../config/config-schema.ts';
import type { SignalSettings } from '../network/signal-link.ts';

/** Decisions that depend on the signal of a contact; null: none. */
export function signalOf({ mobility }: Config): SignalSettings | null {
  const { rate, loss, bandwidthMHz } = mobility.radio;
  if (rate === undefined && loss === undefined) return null;
  return { bandwidthMHz, rate: rateOf(rate), loss: lossOf(loss) };
}

function rateOf(rate: Config['mobility']['radio']['rate']): SignalSettings['rate'] {
  if (rate === undefined) return null;
  if ('table' in rate) return { kind: 'table', steps: rate.table };
  const { efficiency, capMbps } = rate;
  return { kind: 'shannon', efficiency, capMbps };
}

function lossOf(loss: Config['mobility']['radio']['loss']): SignalSettings['loss'] {
  if (loss === undefined) return null;
  if ('packetErrors' in loss) return { kind: 'table', packets: loss.packetErrors };
  return { kind: 'fading', m: loss.fading === 'rayleigh' ? 1 : loss.m };
}
