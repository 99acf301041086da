import { reattach } from '../../standbys.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { FailureMessage } from '../protocol/movement-message.ts';
import type { LiveContext } from './live-context.ts';
import type { NodeTimers } from './node-timers.ts';
import type { PeerLinks } from './peer-links.ts';
import type { ProcessNodes } from './process-nodes.ts';

interface NodeFailureParts {
  settings: WorldSettings;
  context: LiveContext;
  nodes: ProcessNodes;
  timers: NodeTimers;
  links: PeerLinks;
  slotOf: (node: string) => number;
}

/** Crashes, recoveries and cut links of the nodes of one process. */
export class NodeFailures {
  readonly #parts: NodeFailureParts;

  constructor(parts: NodeFailureParts) {
    this.#parts = parts;
  }

  handle(message: FailureMessage): void {
    const { context, nodes, timers } = this.#parts;
    switch (message.type) {
      case 'crash': {
        const { node, state } = message;
        context.record({ type: 'crashed', node, state });
        nodes.crash(node, state, timers.take(node));
        return;
      }
      case 'recover':
        this.#recover(message);
        return;
      case 'failover':
        reattach(nodes, this.#parts.settings, {
          ...message,
          away: new Set(message.away),
        });
        return;
      case 'cut':
        context.cut.add(message.server);
        this.#recordLink('cut', message.server);
        return;
      case 'restore':
        context.cut.delete(message.server);
        this.#recordLink('restored', message.server);
    }
  }

  #recover({ node, hasCrashed }: FailureMessage & { type: 'recover' }): void {
    const { context, nodes, links, slotOf } = this.#parts;
    if (hasCrashed) context.record({ type: 'recovered', node });
    nodes.recover(node);
    const server = nodes.serverOf(node);
    if (server === null) return;
    const message = { type: 'recovered', worker: node, server } as const;
    links.send(slotOf(server), { message, body: () => null, done: () => {} });
  }

  /** The processes at both ends get the message; the one of the lower server records it. */
  #recordLink(type: 'cut' | 'restored', server: string): void {
    const { settings, context, nodes } = this.#parts;
    if (!nodes.has(server)) return;
    const { parent } = settings.servers.find(({ id }) => id === server)!;
    context.record({ type, server, parent: parent! });
  }
}
