import { Charts } from './charts.tsx';
import { TimeControls } from './controls.tsx';
import { EventLog } from './event-log.tsx';
import { Inspector } from './inspector.tsx';
import { active, feeds, selection, showsTimeline, showsTree } from './page-state.ts';
import { RunMap } from './run-map.tsx';
import { Timeline } from './timeline.tsx';
import { Notices, TopBar } from './top-bar.tsx';
import { Tree } from './tree.tsx';

export function Page() {
  const all = feeds.value;
  return (
    <>
      <TopBar />
      <Notices />
      <main class="room">
        <section class="maps" aria-label="Maps" data-count={all.length}>
          {all.map((feed) => {
            const scene = feed.scene.value;
            const hasMap = scene !== null && (scene.bounds !== null || !scene.isWhole);
            const hasTree = showsTree.value || (scene !== null && !hasMap);
            return (
              <div
                class={`view ${all.length > 1 && active.value === feed.run ? 'is-active' : ''}`}
                key={feed.run}
                onPointerDown={() => {
                  active.value = feed.run;
                }}
              >
                {all.length > 1 && (
                  <h2 class="view-name">
                    {feed.run + 1}. {scene?.name} <small>{scene?.folder}</small>
                  </h2>
                )}
                <div class="pictures">
                  {hasMap && <RunMap feed={feed} />}
                  {hasTree && <Tree feed={feed} />}
                  {showsTimeline.value && <Timeline feed={feed} />}
                </div>
              </div>
            );
          })}
        </section>
        <aside
          class={`side ${selection.value === null ? '' : 'has-selection'}`}
          aria-label="Charts, inspector and events"
        >
          <Charts />
          <Inspector />
          <EventLog />
        </aside>
      </main>
      <TimeControls />
    </>
  );
}
