import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Header } from './frame.ts';
import type { FramedConnection } from './framed-connection.ts';
import { printable } from './message.ts';
import type { Refusal } from './refusals.ts';
import { TransportError } from './transport-error.ts';

/** Raised with every change of the frames or the handshake that an older program would not read. */
export const PROTOCOL_VERSION = 1;

const NONCE_BYTES = 32;

/** The listener's error for a connection that it refuses, with the reason under which it is counted. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

/**
 * The listener's half: verifies that the other side speaks this version and knows the secret, then
 * proves the same. The other side goes first, so that an unauthenticated client gets no proof from
 * the listener. Sends the reason for a refusal, then throws Refused; with null as secret no proof
 * is needed.
 *
 *     client                              listener
 *     hello {version, nonce}       ->
 *                                  <-     challenge {nonce}         (with a secret)
 *     proof {mac}                  ->
 *                                  <-     welcome {mac} | refused {why, version, detail}
 */
export async function welcome(
  connection: FramedConnection,
  secret: Uint8Array | null,
): Promise<void> {
  const refuse = (refusal: Refusal, detail: string): Refused => {
    connection.send({
      header: { kind: 'refused', why: refusal, version: PROTOCOL_VERSION, detail },
      body: null,
    });
    connection.close();
    return new Refused(refusal, detail);
  };
  const hello = await nextOf(connection, 'hello');
  if (hello === null) throw new Refused('vanished', 'gone before saying hello');
  if (hello.version !== PROTOCOL_VERSION) {
    throw refuse('version', `this side speaks version ${PROTOCOL_VERSION} of the protocol`);
  }
  if (secret === null) {
    if (hello.authenticates !== false) throw refuse('unauthorised', 'this side has no secret');
    connection.send({ header: { kind: 'welcome' }, body: null });
    return;
  }
  if (hello.authenticates !== true) throw refuse('unauthorised', 'a secret is needed here');
  const theirs = bytesOf(hello.nonce);
  if (theirs === null) throw refuse('handshake', 'a hello without a nonce');
  const ours = randomBytes(NONCE_BYTES);
  connection.send({ header: { kind: 'challenge', nonce: textOf(ours) }, body: null });
  const proof = await nextOf(connection, 'proof');
  if (proof === null) throw new Refused('vanished', 'gone instead of proving itself');
  if (!isEqual(bytesOf(proof.mac), macOf('client', secret, theirs, ours))) {
    throw refuse('unauthorised', 'the secret is another one');
  }
  connection.send({
    header: { kind: 'welcome', mac: textOf(macOf('listener', secret, theirs, ours)) },
    body: null,
  });
}

/** The client's half. Throws TransportError: another version, another secret, something else. */
export async function introduce(
  connection: FramedConnection,
  secret: Uint8Array | null,
): Promise<void> {
  const where = connection.remote;
  const ours = randomBytes(NONCE_BYTES);
  connection.send({
    header: {
      kind: 'hello',
      version: PROTOCOL_VERSION,
      authenticates: secret !== null,
      nonce: textOf(ours),
    },
    body: null,
  });
  if (secret === null) {
    await answerOf(connection, 'welcome');
    return;
  }
  const challenge = await answerOf(connection, 'challenge');
  const theirs = bytesOf(challenge.nonce);
  if (theirs === null)
    throw new TransportError('not-ours', `${where}: a challenge without a nonce`);
  connection.send({
    header: { kind: 'proof', mac: textOf(macOf('client', secret, ours, theirs)) },
    body: null,
  });
  const answer = await answerOf(connection, 'welcome');
  if (!isEqual(bytesOf(answer.mac), macOf('listener', secret, ours, theirs))) {
    throw new TransportError(
      'unauthorised',
      `${where}: the other side does not know the secret: it may be another program`,
    );
  }
}

/** The listener's next message, which must be of a kind. Throws TransportError. */
async function answerOf(connection: FramedConnection, kind: string): Promise<Header> {
  const where = connection.remote;
  const frame = await connection.nextFrame();
  if (frame === null) {
    const { kind: end, detail } = await connection.ended;
    if (end === 'bad-frame') throw new TransportError('not-ours', `${where}: ${detail}`);
    throw new TransportError(
      'lost',
      `${where} closed the connection without a word (${detail}): it may want TLS (--tls), not trust this side's certificate, or have as many connections as it allows`,
    );
  }
  const { header } = frame;
  if (header.kind === 'refused') throw refusalError(where, header);
  if (header.kind !== kind) {
    throw new TransportError('not-ours', `${where} did not answer with "${kind}"`);
  }
  return header;
}

function refusalError(where: string, { why, version, detail }: Header): TransportError {
  if (why === 'version') {
    return new TransportError(
      'version',
      `${where} speaks version ${printable(version)} of the protocol, this program version ${PROTOCOL_VERSION}: install the same edgemlsim on both`,
    );
  }
  return new TransportError(
    why === 'unauthorised' ? 'unauthorised' : 'not-ours',
    `${where} refused the connection: ${printable(detail)}`,
  );
}

/** The client's next message; null when there is none, of another kind, or no message at all. */
async function nextOf(connection: FramedConnection, kind: string): Promise<Header | null> {
  const frame = await connection.nextFrame();
  if (frame === null) return null;
  if (frame.header.kind === kind) return frame.header;
  throw new Refused('handshake', `not a "${kind}"`);
}

/**
 * Proof that one side knows the secret. Each role has its own text, so that one side's proof is not
 * valid as the other's; both nonces are in it, so that none is valid twice.
 */
function macOf(
  role: 'client' | 'listener',
  secret: Uint8Array,
  clientNonce: Uint8Array,
  listenerNonce: Uint8Array,
): Buffer {
  return createHmac('sha256', secret)
    .update(`edgemlsim ${PROTOCOL_VERSION} ${role}\n`)
    .update(clientNonce)
    .update(listenerNonce)
    .digest();
}

function isEqual(bytes: Buffer | null, expected: Buffer): boolean {
  return bytes !== null && timingSafeEqual(bytes, expected);
}

function textOf(bytes: Buffer): string {
  return bytes.toString('base64');
}

/** A nonce or a proof, both 32 bytes; null where it is anything else. */
function bytesOf(value: unknown): Buffer | null {
  if (typeof value !== 'string') return null;
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === NONCE_BYTES ? bytes : null;
}
