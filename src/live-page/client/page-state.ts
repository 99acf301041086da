import { signal } from '@preact/signals';
import {
  COLOURINGS,
  type Colouring,
  LAYERS,
  type LookedAt,
  type MapLayer,
} from '../drawing/choices.ts';
import { PageConnection } from './connection.ts';
import type { RunFeed } from './run-feed.ts';

export type Theme = 'system' | 'light' | 'dark';

const fragment = new URLSearchParams(location.hash.slice(1));

export const token = fragment.get('token') ?? '';
export const connection = new PageConnection(token);
export const feeds = signal<RunFeed[]>([]);
/** The run that inspector and log are about. */
export const active = signal(Number(fragment.get('run') ?? 0) || 0);
export const selection = signal<LookedAt | null>(selectionOf(fragment.get('look')));
export const layers = signal<ReadonlySet<MapLayer>>(layersOf(fragment.get('layers')));
export const colouring = signal<Colouring>(
  COLOURINGS.find((each) => each === fragment.get('colour')) ?? 'state',
);
export const showsTree = signal(fragment.get('tree') === '1');
export const showsTimeline = signal(fragment.get('timeline') === '1');
export const follows = signal(fragment.get('follow') === '1');
export const theme = signal<Theme>(
  (localStorage.getItem('theme') as Theme | null) ?? ('system' as Theme),
);
/** The newest fault, as shown to the user. */
export const complaint = signal<string | null>(null);

export const startUs = fragment.has('t') ? Number(fragment.get('t')) * 1e6 : null;

export function activeFeed(): RunFeed | undefined {
  return feeds.value[active.value];
}

export function select(next: LookedAt | null): void {
  selection.value = next;
}

/** The URL of what is shown now: time, selection, layers. */
export function deepLink(timeUs: number): string {
  const hash = new URLSearchParams({ token, t: (timeUs / 1e6).toFixed(3) });
  if (active.value !== 0) hash.set('run', String(active.value));
  const { value: chosen } = selection;
  if (chosen !== null) {
    const id = chosen.kind === 'aggregation' ? chosen.result : chosen.id;
    hash.set('look', `${chosen.kind}:${id}`);
  }
  hash.set('layers', [...layers.value].join(','));
  if (colouring.value !== 'state') hash.set('colour', colouring.value);
  if (showsTree.value) hash.set('tree', '1');
  if (showsTimeline.value) hash.set('timeline', '1');
  if (follows.value) hash.set('follow', '1');
  return `${location.origin}/#${hash}`;
}

function selectionOf(text: string | null): LookedAt | null {
  const [kind, ...rest] = (text ?? '').split(':');
  const id = rest.join(':');
  if (kind === 'aggregation' && Number.isInteger(Number(id))) return { kind, result: Number(id) };
  if (kind === 'worker' || kind === 'server') return { kind, id };
  return null;
}

function layersOf(text: string | null): ReadonlySet<MapLayer> {
  if (text === null) return new Set(LAYERS);
  const wanted = text.split(',');
  return new Set(LAYERS.filter((layer) => wanted.includes(layer)));
}
