import { useEffect, useState } from 'preact/hooks';
import type { AggregationDetails } from '../shared/messages.ts';
import { seekToEvent } from './clock.ts';
import { GeometryView } from './geometry-view.tsx';
import { connection, select } from './page-state.ts';
import type { RunFeed } from './run-feed.ts';
import { clockText, figure, shareText } from './texts.ts';

/** One aggregation: what came in, what the rule selected, and how its result compares. */
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
      {line.exceeded && <Overruled feed={feed} details={details} />}
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

/** Whether Byzantine vectors decided the result, and whose they were. */
function Overruled({
  feed,
  details: { line, arrivals },
}: {
  feed: RunFeed;
  details: AggregationDetails;
}) {
  const rule = feed.scene.value?.rules[line.layer]?.rule ?? 'the rule';
  const { honest, byzantine } = line.seen ?? {
    honest: line.vectors - line.byzantine,
    byzantine: line.byzantine,
  };
  return (
    <div class="notice is-bad is-long" data-test="overruled">
      <p>
        {byzantine} of the {honest + byzantine} vectors were Byzantine, more than f ={' '}
        {line.declaredF}.{' '}
        {byzantine > honest
          ? `They were the majority: ${rule} was overruled, and they decided the result.`
          : `${rule} promises nothing here: they may have decided the result.`}
      </p>
      <p>
        Sent by{' '}
        {sendersOf(arrivals).map(([sender, vectors], index) => (
          <span key={sender}>
            {index > 0 ? ', ' : ''}
            <SenderButton feed={feed} sender={sender} /> ({vectors})
          </span>
        ))}
      </p>
    </div>
  );
}

/** Byzantine senders and how many vectors each sent, the most first. */
function sendersOf(arrivals: AggregationDetails['arrivals']): [sender: string, vectors: number][] {
  const counts = new Map<string, number>();
  for (const { sender, byzantine } of arrivals) {
    if (byzantine) counts.set(sender, (counts.get(sender) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

function SenderButton({ feed, sender }: { feed: RunFeed; sender: string }) {
  const kind = sender in feed.state.servers ? 'server' : 'worker';
  return (
    <button type="button" class="link" onClick={() => select({ kind, id: sender })}>
      {sender}
    </button>
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
  /** A vector's entry in a list of the geometry; none for a vector that was left out. */
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
            {line.selected !== undefined && <th scope="col">selected</th>}
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
                <SenderButton feed={feed} sender={arrival.sender} />
              </td>
              <td>{arrival.byzantine ? '✕ Byzantine' : 'honest'}</td>
              {line.selected !== undefined && (
                <td>{line.selected.includes(index) ? 'yes' : 'no'}</td>
              )}
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
