/**
 * The contract of rules and attacks of one's own: `import { defineAggregator } from 'edgemlsim/rules'`.
 * Arithmetic for them is in `edgemlsim/rules/toolbox`.
 *
 * @module edgemlsim/rules
 */

export { z } from 'zod';
export {
  type Aggregation,
  type AggregationContext,
  type Aggregator,
  defineAggregator,
} from './contract/aggregator.ts';
export {
  type AssociationAnswer,
  type AssociationMoment,
  type AssociationPolicy,
  defineAssociationPolicy,
  defineLoadPolicy,
  type LoadedServer,
  type LoadMoment,
  type LoadPolicy,
  type ServerInRange,
} from './contract/association-policy.ts';
export {
  type Attack,
  defineAttack,
  type Forgery,
  type ForgingContext,
  type Knowledge,
  type VectorAttack,
} from './contract/attack.ts';
export {
  type BackDoorTrigger,
  type DataAttack,
  defineDataAttack,
  type Misfit,
  type PoisoningContext,
  type SampleShape,
  type Samples,
} from './contract/data-attack.ts';
export {
  type DeliveryAttack,
  type DeliveryContext,
  defineDeliveryAttack,
  type Sending,
} from './contract/delivery-attack.ts';
export {
  defineModelAttack,
  type ModelAttack,
  type ModelAttackContext,
  type ModelSending,
} from './contract/model-attack.ts';
export {
  defineMovementModel,
  type MovementModel,
  type Waypoint,
} from './contract/movement-model.ts';
export {
  defineParticipants,
  type ParticipantCandidate,
  type ParticipantRule,
} from './contract/participants.ts';
export type { PlainData, RandomSource } from './contract/plain-data.ts';
export {
  definePreAggregator,
  type PreAggregation,
  type PreAggregationContext,
  type PreAggregator,
} from './contract/pre-aggregator.ts';
export { defineRadioModel, type RadioModel, type RadioPath } from './contract/radio-model.ts';
export { defineStalenessWeight, type StalenessWeight } from './contract/staleness-weight.ts';
export {
  defineNumbersTrigger,
  defineTrigger,
  type Moment,
  type MomentNumbers,
  type TransferTrigger,
  type TriggerSplit,
} from './contract/trigger.ts';
