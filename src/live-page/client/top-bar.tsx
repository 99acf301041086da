import { useState } from 'preact/hooks';
import { nowUs, shownUs } from './clock.ts';
import { KEYS } from './keys.ts';
import {
  complaint,
  connection,
  deepLink,
  feeds,
  showsTimeline,
  type Theme,
  theme,
  token,
} from './page-state.ts';
import { clockText } from './texts.ts';

export function TopBar() {
  const scene = feeds.value[0]?.scene.value;
  return (
    <header class="top">
      <h1>
        <span class="brand">edgemlsim</span>
        <span class="run-name">
          {feeds.value.length > 1 ? `${feeds.value.length} runs` : (scene?.name ?? '')}
        </span>
      </h1>
      <Statuses />
      <output class="clock" aria-label="Simulation time" data-test="clock">
        {clockText(shownUs.value)}
      </output>
      <button
        type="button"
        aria-pressed={showsTimeline.value}
        title="Timeline of computing, sending and waiting (t)"
        data-test="show-timeline"
        onClick={() => {
          showsTimeline.value = !showsTimeline.peek();
        }}
      >
        Timeline
      </button>
      <CopyLink />
      <Help />
      <ThemeChoice />
    </header>
  );
}

function Statuses() {
  return (
    <ul class="statuses" aria-label="Status of the runs">
      {feeds.value.map((feed) => {
        const status = feed.head.value?.status ?? '';
        return (
          <li key={feed.run} class="status" data-status={status}>
            {feeds.value.length > 1 ? `${feed.run + 1}: ` : ''}
            {status}
            {feed.head.value?.readShare != null
              ? `, reading its journal: ${Math.floor(100 * feed.head.value.readShare)} %`
              : ''}
            {feed.isInProgress && feed.head.value?.isControllable === false ? ', view only' : ''}
          </li>
        );
      })}
    </ul>
  );
}

function CopyLink() {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    const link = deepLink(nowUs());
    history.replaceState(null, '', link);
    await navigator.clipboard?.writeText(link).catch(() => {});
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" onClick={copy} title="The address of this time, selection and layers">
      {isCopied ? 'Link copied' : 'Copy link'}
    </button>
  );
}

function Help() {
  return (
    <details class="menu">
      <summary>Keys</summary>
      <dl class="keys menu-body">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function ThemeChoice() {
  return (
    <label class="field">
      <span class="hidden">Theme</span>
      <select
        value={theme.value}
        onChange={({ currentTarget }) => {
          theme.value = currentTarget.value as Theme;
          localStorage.setItem('theme', currentTarget.value);
        }}
      >
        <option value="system">System theme</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

/** Problems of the connection and of the runs, if any. */
export function Notices() {
  const lost = connection.state.value;
  const problems = feeds.value.flatMap((feed) => {
    const problem = feed.head.value?.problem ?? null;
    return problem === null ? [] : [problem];
  });
  return (
    <div class="notices" aria-live="polite">
      {lost === 'lost' && (
        <p class="notice is-bad">
          The server of this page does not answer. The page goes on by itself when it is back.
        </p>
      )}
      {lost === 'refused' && (
        <p class="notice is-bad">
          {token === ''
            ? 'This address has no token: open the one that edgemlsim serve printed.'
            : 'The server does not accept this address: open the one that edgemlsim serve printed last.'}
        </p>
      )}
      {problems.map((problem) => (
        <p class="notice is-bad" key={problem}>
          {problem}
        </p>
      ))}
      {complaint.value !== null && (
        <p class="notice">
          {complaint.value}{' '}
          <button
            type="button"
            onClick={() => {
              complaint.value = null;
            }}
          >
            Close
          </button>
        </p>
      )}
    </div>
  );
}
