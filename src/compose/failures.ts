import type { Config } from '../config/config-schema.ts';
import { InputError } from '../errors.ts';
import { chooseGlobal } from '../faults/byzantine-settings.ts';
import type { Failure } from '../faults/failure.ts';
import { adviceOnName } from '../nearest-name.ts';
import type { ServerPlace } from '../nodes/settings.ts';
import { openStream } from '../simulation/random.ts';
import { secondsToUs } from '../simulation/time.ts';

type Failing = Config['faults']['crashes'][number] | Config['faults']['cuts'][number];

/** The failures of a config, one for each node that an entry of it names. */
export function failuresOf(
  { faults, seed }: Config,
  tree: readonly ServerPlace[],
  workerIds: readonly string[],
): Failure[] {
  const failures = (kind: Failure['kind'], entries: readonly Failing[]) =>
    entries.flatMap((entry, index) => {
      const { layer, ...nodes } = 'nodes' in entry ? entry.nodes : entry.servers;
      const ids =
        layer === 'worker'
          ? workerIds
          : tree.filter((server) => server.layer === layer).map(({ id }) => id);
      const random = openStream(seed, `${kind}-nodes/${index}`);
      const isAll = Object.values(nodes).every((way) => way === undefined);
      const chosen = isAll ? ids : [...chooseGlobal({ scope: 'global', ...nodes }, ids, random)];
      checkKnown(chosen, ids, ['faults', kind === 'crash' ? 'crashes' : 'cuts', index]);
      return chosen.map((node) => failureOf(kind, node, entry));
    });
  return [...failures('crash', faults.crashes), ...failures('cut', faults.cuts)];
}

/** Of workers that are entities of the trace the ids are known only once it is read. */
function checkKnown(
  chosen: readonly string[],
  ids: readonly string[],
  path: (string | number)[],
): void {
  const unknown = chosen.find((id) => !ids.includes(id));
  if (unknown === undefined) return;
  throw new InputError({
    path,
    found: `no worker "${unknown}" takes part in the trace`,
    advice: adviceOnName(unknown, ids),
  });
}

function failureOf(kind: Failure['kind'], node: string, entry: Failing): Failure {
  const { atS, meanTimeToFailureS, recoverAfterS = null } = entry;
  return {
    kind,
    node,
    begins:
      atS === undefined
        ? { meanTimeToFailureS: meanTimeToFailureS! }
        : { timeUs: secondsToUs(atS) },
    recoverAfter: recoverAfterS,
    state: 'state' in entry ? entry.state : 'kept',
  };
}
