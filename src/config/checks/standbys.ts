import type { Problem } from '../../errors.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { leafServers } from '../complete-tree.ts';
import type { QuickCheck } from './check.ts';

/** A standby may take the place of its server in the tree: one beside it, of its kind. */
export const checkStandbys: QuickCheck = (config, problem) => {
  const { servers, rounds, mobility } = config;
  const leaves = leafServers(config);
  return servers.flatMap(({ id, parent, layer, standby }, index): Problem[] => {
    if (standby === undefined) return [];
    const refuse = (found: string, advice: string[]) => [
      problem(['servers', index, 'standby'], found, advice),
    ];
    if (rounds.mode !== 'hierarchical') {
      return refuse('only servers of a tree of models have one', ['leave it out']);
    }
    if (standby === id) {
      return refuse(`${id} is the server itself`, [
        'expected another server, which has its children while it is lost',
      ]);
    }
    const fitting = servers.filter(
      (other) =>
        other.id !== id &&
        other.layer === layer &&
        other.parent === parent &&
        leaves.includes(other.id) === leaves.includes(id),
    );
    if (!fitting.some((other) => other.id === standby)) {
      const known = fitting.map((other) => other.id);
      const isThere = servers.some((other) => other.id === standby);
      const found = isThere ? `"${standby}" is not beside ${id}` : `no server "${standby}"`;
      const beside = 'of its layer, below its parent, with children of the same kind';
      if (known.length === 0)
        return refuse(found, [`leave it out: there is no other server ${beside}`]);
      return refuse(found, [...adviceOnName(standby, known), `a standby is a server ${beside}`]);
    }
    if (leaves.includes(id) && mobility.model !== 'static') {
      return refuse('its workers move, and join the servers that they reach', [
        'set mobility.model: static, or leave it out',
      ]);
    }
    return [];
  });
};
