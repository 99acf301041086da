import type { FrameFault } from './bad-frame.ts';

/** Why a listener refused or ended a connection, by the other side's fault. */
export type Refusal =
  | FrameFault
  /** Too many connections at a time; one that is closed for another may count as vanished, too. */
  | 'full'
  /** No certificate of our authority. */
  | 'tls'
  /** No handshake within the time allowed. */
  | 'timeout'
  /** Gone before the handshake was done. */
  | 'vanished'
  /** Another protocol version. */
  | 'version'
  /** Does not know the secret, or uses none where one is needed. */
  | 'unauthorised'
  /** A frame that no handshake has at that place. */
  | 'handshake'
  /** More waited to be sent to it than allowed. */
  | 'slow-peer';

export type RefusalCounts = Record<Refusal, number>;

export function noRefusals(): RefusalCounts {
  return {
    magic: 0,
    kind: 0,
    length: 0,
    checksum: 0,
    header: 0,
    encoding: 0,
    message: 0,
    full: 0,
    tls: 0,
    timeout: 0,
    vanished: 0,
    version: 0,
    unauthorised: 0,
    handshake: 0,
    'slow-peer': 0,
  };
}
