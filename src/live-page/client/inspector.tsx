import type { StepMark } from '../../journal/marks.ts';
import { AggregationView } from './aggregation-view.tsx';
import { stepBy } from './commands.ts';
import { ServerPanel, WorkerPanel } from './node-facts.tsx';
import { activeFeed, select, selection } from './page-state.ts';
import { figure, shareText } from './texts.ts';

/** Facts about the selected node or aggregation. */
export function Inspector() {
  const feed = activeFeed();
  const chosen = selection.value;
  if (feed === undefined) return null;
  return (
    // Another one is read from its top.
    <section
      key={JSON.stringify(chosen)}
      class="panel inspector"
      aria-label="Inspector"
      aria-live="off"
    >
      <div class="panel-head">
        <h2>{chosen === null ? 'Run' : title(chosen)}</h2>
        {chosen !== null && (
          <button type="button" onClick={() => select(null)} title="Escape">
            Close
          </button>
        )}
      </div>
      {chosen === null && <RunFacts />}
      {chosen?.kind === 'worker' && <WorkerPanel feed={feed} id={chosen.id} />}
      {chosen?.kind === 'server' && <ServerPanel feed={feed} id={chosen.id} />}
      {chosen?.kind === 'aggregation' && <AggregationView feed={feed} result={chosen.result} />}
    </section>
  );
}

function title(chosen: NonNullable<typeof selection.value>): string {
  return chosen.kind === 'aggregation' ? `Aggregation ${chosen.result}` : chosen.id;
}

/** Of the run as a whole, at this moment. */
function RunFacts() {
  const feed = activeFeed()!;
  void feed.changes.value;
  const { state } = feed;
  const scene = feed.scene.value;
  const workers = Object.values(state.workers);
  const served = workers.filter(({ server }) => server !== null).length;
  return (
    <>
      <p class="hint is-first">
        Click a worker, a server or an event for more. Where was a rule overruled? Go to the next
        aggregation in which <StepLink mark="majority">most vectors were Byzantine</StepLink>, or{' '}
        <StepLink mark="exceeded">more than its rule’s f</StepLink>.
      </p>
      <dl class="facts">
        <dt>accuracy</dt>
        <dd data-test="accuracy">{shareText(state.accuracy)}</dd>
        <dt>loss</dt>
        <dd>{figure(state.loss)}</dd>
        <dt>workers on the map</dt>
        <dd>
          {workers.length}, {served} at a server
        </dd>
        {Object.entries(scene?.rules ?? {}).map(([layer, { rule, f, attack }]) => (
          <Rule key={layer} layer={layer} rule={rule} f={f} attack={attack} />
        ))}
      </dl>
    </>
  );
}

function StepLink({ mark, children }: { mark: StepMark; children: string }) {
  return (
    <button type="button" class="link" onClick={(event) => void stepBy(mark, event.shiftKey)}>
      {children}
    </button>
  );
}

function Rule(props: { layer: string; rule: string; f: number; attack: string | null }) {
  const { layer, rule, f, attack } = props;
  return (
    <>
      <dt>{attack === null ? `rule of ${layer}` : `attack of ${layer}s`}</dt>
      <dd>{attack ?? `${rule}, f = ${f}`}</dd>
    </>
  );
}
