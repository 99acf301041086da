import type { DropReason } from '../../journal/reasons.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { NodeContext } from '../context.ts';
import type { LocalModel } from './local-model.ts';
import type { ExchangeSettings } from './settings.ts';

export interface UplinkParts {
  node: string;
  layer: string;
  parent: () => string | null;
  /** Of a server: whose children are with it, where it says that it is done. */
  standing?: () => { standsFor?: string[] };
  /** Whether its model will not change again by itself. */
  isLast: () => boolean;
  exchange: ExchangeSettings;
  retryUs: TimeUs;
  /** Size of a full vector on the wire. */
  vectorBytes: number;
  dimension: number;
  model: LocalModel;
  context: NodeContext;
}

/** How a change came to its end that was in no update. */
export type EndOfChange = { outcome: 'unsent' } | { outcome: 'dropped'; reason: DropReason };
