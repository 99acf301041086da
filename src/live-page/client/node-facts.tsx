import { useEffect, useState } from 'preact/hooks';
import type { SimulatedLine } from '../../journal/events.ts';
import { activityOf } from '../shared/node-views.ts';
import { seekToEvent } from './clock.ts';
import { connection, select } from './page-state.ts';
import type { RunFeed } from './run-feed.ts';
import { clockText, describe, figure, shareText } from './texts.ts';

export function WorkerPanel({ feed, id }: { feed: RunFeed; id: string }) {
  void feed.changes.value;
  const worker = feed.state.workers[id];
  const ends = useLines(feed, id, ['gradient-ended', 'update-ended', 'associate'], 12);
  return (
    <>
      {worker === undefined ? (
        <p class="hint">It is not on the map now.</p>
      ) : (
        <dl class="facts">
          <dt>is</dt>
          <dd>
            {worker.kind} {worker.entity}
          </dd>
          <dt>state</dt>
          <dd>
            {activityOf(worker).replaceAll('-', ' ')}
            {worker.byzantine ? ', Byzantine' : ''}
            {worker.forged ? ', its last vector was forged' : ''}
          </dd>
          <dt>with</dt>
          <dd>
            {worker.server === null ? 'no server' : <NodeButton id={worker.server} />}
            {worker.queued ? ', waits for a place' : ''}
          </dd>
          <dt>in range of</dt>
          <dd>{worker.inRange.join(', ') || 'none'}</dd>
          <dt>training loss</dt>
          <dd>{figure(worker.loss)}</dd>
          <dt>works on</dt>
          <dd>
            {worker.work === null
              ? 'nothing'
              : `gradient ${worker.work.gradient}, version ${worker.work.version}, since ${clockText(worker.work.sinceUs)}`}
          </dd>
        </dl>
      )}
      <h3>Before this moment</h3>
      <ol class="lines">
        {ends.map((line) => (
          <LineButton key={line.n} feed={feed} line={line} />
        ))}
      </ol>
    </>
  );
}

export function ServerPanel({ feed, id }: { feed: RunFeed; id: string }) {
  void feed.changes.value;
  const server = feed.state.servers[id];
  const closed = useLines(feed, id, ['aggregated', 'no-result', 'crashed', 'cut', 'evaluated'], 15);
  if (server === undefined) return <p class="hint">No such server yet.</p>;
  const workers = Object.values(feed.state.workers).filter((worker) => worker.server === id);
  const rule = feed.scene.value?.rules[server.layer];
  return (
    <>
      <dl class="facts">
        <dt>layer</dt>
        <dd>
          {server.layer}
          {server.parent === null ? '' : ', below '}
          {server.parent !== null && <NodeButton id={server.parent} />}
        </dd>
        {rule !== undefined && (
          <>
            <dt>rule</dt>
            <dd>
              {rule.rule}, f = {rule.f}
            </dd>
          </>
        )}
        <dt>state</dt>
        <dd>
          {server.crashed
            ? 'crashed'
            : server.open
              ? `collects for round ${server.round}`
              : 'waits'}
          {server.cut ? ', cut off' : ''}
          {server.byzantine || server.forged ? ', Byzantine' : ''}
        </dd>
        <dt>version</dt>
        <dd>{server.version}</dd>
        {typeof server.accuracy === 'number' && (
          <>
            <dt>accuracy</dt>
            <dd>{shareText(server.accuracy)}</dd>
          </>
        )}
        <dt>workers</dt>
        <dd>{figure(workers.length)}</dd>
      </dl>
      <h3>Its collections, the newest first</h3>
      <ol class="lines">
        {closed.map((line) => (
          <LineButton key={line.n} feed={feed} line={line} />
        ))}
      </ol>
    </>
  );
}

function NodeButton({ id }: { id: string }) {
  return (
    <button type="button" class="link" onClick={() => select({ kind: 'server', id })}>
      {id}
    </button>
  );
}

function LineButton({ feed, line }: { feed: RunFeed; line: SimulatedLine }) {
  const open = () => {
    void seekToEvent(feed.run, line.n, line.timeUs);
    if (line.type === 'aggregated') select({ kind: 'aggregation', result: line.result });
    if ('inResult' in line && line.inResult !== undefined) {
      select({ kind: 'aggregation', result: line.inResult });
    }
  };
  const isOver = line.type === 'aggregated' && line.exceeded;
  return (
    <li>
      <button type="button" class={`line ${isOver ? 'is-bad' : ''}`} onClick={open}>
        <time>{clockText(line.timeUs)}</time> <span>{describe(line)}</span>
      </button>
    </li>
  );
}

/** The last lines of a node before the moment that is shown. */
function useLines(feed: RunFeed, id: string, types: string[], limit: number): SimulatedLine[] {
  const [lines, setLines] = useState<SimulatedLine[]>([]);
  const newest = feed.state.workers[id]?.last?.gradient ?? feed.state.servers[id]?.newest?.result;
  useEffect(() => {
    let isCurrent = true;
    const question = { ask: 'log', before: feed.state.next, limit, types, node: id } as const;
    connection.ask(feed.run, question).then(
      ({ lines: found }) => isCurrent && setLines(found as SimulatedLine[]),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [feed, id, newest]);
  return lines;
}
