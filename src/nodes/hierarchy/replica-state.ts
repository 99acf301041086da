import { newCollection } from '../collection-state.ts';
import type { ValueId } from '../messages.ts';
import { noUpdates, type UpdateState } from '../model-holder.ts';
import type { ServerPlace } from '../settings.ts';
import type { CollectingState } from './child-updates.ts';
import { newChildren } from './children.ts';
import { type LocalModelState, newLocalModel } from './local-model.ts';
import { newSentModels, type SentModels } from './model-sender.ts';
import { newUplink, type UplinkState } from './uplink-state.ts';

/** A server with a model of its own: plain data. */
export interface ReplicaState extends CollectingState, UpdateState {
  type: 'replica';
  model: LocalModelState;
  /** Merges so far: of a tree of models these are its rounds and its updates. */
  rounds: number;
  sent: SentModels;
  /** Of the root it goes nowhere. */
  uplink: UplinkState;
}

/** `theta`: the untrained model, of which it owns two references from now on. */
export function newReplica({ id, parent, children }: ServerPlace, theta: ValueId): ReplicaState {
  return {
    type: 'replica',
    id,
    parent,
    down: false,
    model: newLocalModel(theta),
    ...noUpdates(),
    rounds: 0,
    collection: newCollection(),
    children: newChildren(children),
    standsFor: [],
    sent: newSentModels(),
    uplink: newUplink(),
    isAggregating: false,
  };
}
