import { RunError } from '../errors.ts';

/** Why a connection could not be made. Only `unreachable` and `lost` are worth another try. */
type TransportFailure =
  | 'unreachable'
  | 'lost'
  | 'timeout'
  | 'version'
  | 'unauthorised'
  | 'not-ours'
  | 'tls';

/** A connection could not be made. The message names the address, never the secret. */
export class TransportError extends RunError {
  override name = 'TransportError';
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}
