import { carriesValue, isUp } from '../../../nodes/messages.ts';
import { needMessage, printable } from '../../../transport/message.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { NodesMessage, PeerMessage } from '../protocol/peer-message.ts';

/** Versions by which what a peer sends may be ahead of the newest that is known here. */
const MOST_AHEAD = 2 ** 16;

/** Messages with a value that may be without one: a batch without items, or a merge without a result. */
const MAY_LACK: ReadonlySet<string> = new Set(['gradient', 'result', 'update']);

type Body = Float32Array | Uint8Array | null;

interface PeerCheckParts {
  settings: Pick<WorldSettings, 'servers' | 'workers' | 'dimension'>;
  self: number;
  /** Undefined for a node that the run has not. */
  slotOf: (node: string) => number | undefined;
  /** The newest version of the cloud's model that came here. */
  newest: () => number;
}

/**
 * Checks the messages of another process of a live run: only from its own nodes, to nodes here.
 * Throws BadFrame for anything else.
 */
export class PeerChecks {
  readonly #parts: PeerCheckParts;
  /** By server: the one above it; null for the cloud. */
  readonly #parents: ReadonlyMap<string, string | null>;
  readonly #standbys: ReadonlyMap<string, string | null>;
  readonly #workers: ReadonlySet<string>;

  constructor(parts: PeerCheckParts) {
    const { servers, workers } = parts.settings;
    this.#parts = parts;
    this.#parents = new Map(servers.map(({ id, parent }) => [id, parent]));
    this.#standbys = new Map(servers.map(({ id, standby }) => [id, standby]));
    this.#workers = new Set(workers);
  }

  /** `slot`: of the sender. */
  check(slot: number, message: PeerMessage, body: Body): void {
    const { slotOf, self } = this.#parts;
    const sender = message.type === 'nodes' ? message.from : message.worker;
    needMessage(slotOf(sender) === slot, `a message of ${printable(sender)}, which is not there`);
    if (message.type === 'nodes') {
      this.#nodes(message, body);
      return;
    }
    needMessage(body === null, `a message "${message.type}" with a body`);
    needMessage(this.#workers.has(sender), `a message "${message.type}" of a server`);
    if (message.type === 'work') this.#version(message.version ?? 0);
    else needMessage(slotOf(message.server) === self, 'a message for a server elsewhere');
  }

  #nodes({ from, to, contacts, message }: NodesMessage, body: Body): void {
    const { slotOf, self, settings } = this.#parts;
    needMessage(
      contacts.length === to.length,
      `${to.length} receivers in ${contacts.length} contacts`,
    );
    for (const [index, node] of to.entries()) {
      needMessage(
        slotOf(node) === self,
        `a message for ${printable(node)}, which does not run here`,
      );
      const areServers = this.#parents.has(from) && this.#parents.has(node);
      needMessage(areServers === (contacts[index] === null), 'a contact between servers, or none');
    }
    this.#way(from, to, message.type);
    const carries = carriesValue(message);
    const isVector = body instanceof Float32Array && body.length === settings.dimension;
    const mayLack = MAY_LACK.has(message.type) && body === null;
    needMessage(
      carries ? isVector || mayLack : body === null,
      `a "${message.type}" with ${body?.length ?? 'no'} numbers, of a model of ${settings.dimension}`,
    );
    if ('version' in message) this.#version(message.version);
  }

  /** Models go down, to workers and to servers below; everything else goes up. */
  #way(from: string, to: readonly string[], type: NodesMessage['message']['type']): void {
    const fits = !isUp({ type })
      ? this.#parents.has(from) &&
        to.every((node) => this.#workers.has(node) || this.#mayBeAbove(from, node))
      : to.length === 1 &&
        (type === 'gradient' || (isOfBoth(type) && this.#workers.has(from))
          ? this.#workers.has(from) && this.#parents.has(to[0]!)
          : this.#mayBeAbove(to[0]!, from));
    needMessage(fits, `a "${type}" that goes another way than these do`);
  }

  /** The server above that node, or the standby of that one. */
  #mayBeAbove(server: string, node: string): boolean {
    const parent = this.#parents.get(node);
    if (parent === undefined || parent === null) return false;
    return parent === server || this.#standbys.get(parent) === server;
  }

  #version(version: number): void {
    needMessage(version <= this.#parts.newest() + MOST_AHEAD, `version ${version}`);
  }
}

/** Messages that workers and servers of a tree of models share. */
function isOfBoth(type: string): boolean {
  return type === 'update' || type === 'pull' || type === 'done';
}
