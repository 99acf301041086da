import { useEffect, useState } from 'preact/hooks';
import type { AggregationDetails } from '../shared/messages.ts';
import { seekToEvent } from './clock.ts';
import { GeometryView } from './geometry-view.tsx';
import { connection, select } from './page-state.ts';
import type { RunFeed } from './run-feed.ts';
import { clockText, figure, shareText } from './texts.ts';

/** One aggregation: what came in, what the rule took, and how its result compares. */
export function AggregationView({ feed, result }: { feed: RunFeed; result: number }) {
  const [details, setDetails] = useState<AggregationDetails | string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    connection.ask(feed.run, { ask: 'aggregation', result }).then(
      (found) => isCurrent && setDetails(found),
      (error: Error) => isCurrent && setDetails(error.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [feed, result]);
  if (details === null) return <p class="hint">…</p>;
  if (typeof details === 'string') return <p class="hint">{details}</p>;
  const { line, arrivals } = details;
  const rule = feed.scene.value?.rules[line.layer];
  const { honestMean } = line;
  return (
    <div data-test="aggregation">
      {line.exceeded && (
        <p class="notice is-bad">
          {line.seen?.byzantine ?? line.byzantine} of {line.vectors} vectors were Byzantine, and the
          rule was told of at most {line.declaredF}.
        </p>
      )}
      <dl class="facts">
        <dt>at</dt>
        <dd>
          <button
            type="button"
            class="link"
            onClick={() => select({ kind: 'server', id: line.server })}
          >
            {line.server}
          </button>
          , round {line.round}
          {'timeUs' in line && (
            <>
              ,{' '}
              <button
                type="button"
                class="link"
                onClick={() => 'n' in line && void seekToEvent(feed.run, line.n, line.timeUs)}
              >
                {clockText(line.timeUs)}
              </button>
            </>
          )}
        </dd>
        {rule !== undefined && (
          <>
            <dt>rule</dt>
            <dd>
              {rule.rule}, f = {line.declaredF}
            </dd>
          </>
        )}
        <dt>vectors</dt>
        <dd>
          {line.vectors} from {line.senders} senders, {line.byzantine} Byzantine from{' '}
          {line.byzantineSenders}
          {line.nonFinite ? `, ${line.nonFinite} not finite` : ''}
          {line.empty ? `, ${line.empty} empty` : ''}
          {line.atDeadline ? ', at its deadline' : ''}
        </dd>
        <dt>result</dt>
        <dd>{line.skipped ? 'none' : `norm ${figure(line.norm)}`}</dd>
        {honestMean && (
          <>
            <dt>beside the honest mean</dt>
            <dd>
              {figure(honestMean.distance)} away, {figure(honestMean.angleDeg)}°, κ{' '}
              {figure(honestMean.kappa)}
            </dd>
          </>
        )}
        {line.clipped !== undefined && (
          <>
            <dt>clipped</dt>
            <dd>{line.clipped}</dd>
          </>
        )}
      </dl>
      <GeometryView details={{ line, arrivals }} />
      <Arrivals feed={feed} details={{ line, arrivals }} />
      <p class="hint">
        Byzantine share {shareText(line.vectors === 0 ? null : line.byzantine / line.vectors)}.
      </p>
    </div>
  );
}

function Arrivals({
  feed,
  details: { line, arrivals },
}: {
  feed: RunFeed;
  details: AggregationDetails;
}) {
  const { geometry } = line;
  /** What a list of the geometry has of a vector; nothing of one that was left out. */
  const of = <Value,>(index: number, list: readonly Value[]): Value | undefined =>
    list[geometry!.vectors.indexOf(index)];
  const degrees = (angle: number | null | undefined) =>
    typeof angle === 'number' ? `${figure(angle)}°` : '–';
  const hasStaleness = arrivals.some(({ staleness }) => (staleness ?? 0) > 0);
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">sender</th>
            <th scope="col">is</th>
            {line.taken !== undefined && <th scope="col">taken</th>}
            {hasStaleness && <th scope="col">stale</th>}
            {geometry && <th scope="col">norm</th>}
            {geometry?.toResult && <th scope="col">to result</th>}
            {geometry?.toResult && <th scope="col">angle</th>}
          </tr>
        </thead>
        <tbody>
          {arrivals.map((arrival, index) => (
            <tr key={arrival.number} class={arrival.byzantine ? 'is-byzantine' : ''}>
              <td>
                <button
                  type="button"
                  class="link"
                  onClick={() => {
                    const kind = arrival.sender in feed.state.servers ? 'server' : 'worker';
                    select({ kind, id: arrival.sender });
                  }}
                >
                  {arrival.sender}
                </button>
              </td>
              <td>{arrival.byzantine ? '✕ Byzantine' : 'honest'}</td>
              {line.taken !== undefined && <td>{line.taken.includes(index) ? 'yes' : 'no'}</td>}
              {hasStaleness && <td>{arrival.staleness}</td>}
              {geometry && <td>{figure(of(index, geometry.norms))}</td>}
              {geometry?.toResult && <td>{figure(of(index, geometry.toResult.distances))}</td>}
              {geometry?.toResult && <td>{degrees(of(index, geometry.toResult.anglesDeg))}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
