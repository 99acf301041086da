/** Plain data, as a header may hold it. Never anything else, on either side. */
type HeaderValue =
  | null
  | boolean
  | number
  | string
  | readonly HeaderValue[]
  | { readonly [key: string]: HeaderValue };

export type Header = { readonly [key: string]: HeaderValue };

/**
 * A unit of transport: a small header of plain data and, maybe, one raw vector.
 *
 * A body that is sent is lent until it has been sent (`Connection.drained`): it is not copied, and
 * changing it earlier makes the frame's checksum wrong. A body that was received belongs to the
 * receiver.
 */
export interface Frame {
  header: Header;
  body: Float32Array | Uint8Array | null;
}
