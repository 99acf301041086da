import { COLOURINGS, type Colouring, LAYERS, type MapLayer } from '../drawing/choices.ts';
import { colourScale, serverColour } from '../drawing/worker-mark.ts';
import {
  activeFeed,
  colouring,
  feeds,
  follows,
  layers,
  selection,
  showsTree,
} from './page-state.ts';
import { palette } from './palette.ts';
import { figure } from './texts.ts';

/** Layers that are drawn, and the meaning of the colours. */
export function MapLegend() {
  return (
    // Closed where it would cover much of a map.
    <details class="legend" open={innerWidth > 700 * feeds.peek().length}>
      <summary>Legend</summary>
      <ul class="entries">
        {entries().map(([name, style]) => (
          <li key={name}>
            <span class={`swatch ${style.shape}`} style={{ '--swatch': style.colour }} />
            {name}
          </li>
        ))}
      </ul>
      <label class="field">
        <span>Colour by</span>
        <select
          value={colouring.value}
          onChange={({ currentTarget }) => {
            colouring.value = currentTarget.value as Colouring;
          }}
        >
          {COLOURINGS.map((each) => (
            <option key={each} value={each}>
              {each.replace('-', ' ')}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="layers" aria-label="Layers">
        {LAYERS.map((layer) => (
          <Check
            key={layer}
            name={layer}
            isOn={layers.value.has(layer)}
            onChange={(isOn) => toggle(layer, isOn)}
          />
        ))}
        <Check
          name="tree beside it"
          isOn={showsTree.value}
          onChange={(isOn) => {
            showsTree.value = isOn;
          }}
        />
        {selection.value !== null && selection.value.kind !== 'aggregation' && (
          <Check
            name="follow"
            isOn={follows.value}
            onChange={(isOn) => {
              follows.value = isOn;
            }}
          />
        )}
      </fieldset>
    </details>
  );
}

function Check(props: { name: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.isOn}
        onChange={({ currentTarget }) => props.onChange(currentTarget.checked)}
      />
      {props.name}
    </label>
  );
}

function toggle(layer: MapLayer, isOn: boolean): void {
  const next = new Set(layers.value);
  if (isOn) next.add(layer);
  else next.delete(layer);
  layers.value = next;
}

function entries(): (readonly [name: string, style: { colour: string; shape: string }])[] {
  const colours = palette();
  const { activities, series } = colours;
  const hasCoverage = activeFeed()?.scene.value?.sites.some((site) => site.coverage !== null);
  const coverage = { colour: colours.range, shape: 'square' };
  const shapes = [
    ['pedestrian', { colour: colours.faint, shape: 'triangle' }],
    ['Byzantine', { colour: colours.byzantine, shape: 'ring' }],
    ['server', { colour: colours.server, shape: 'square' }],
    ['more Byzantine vectors than f', { colour: colours.warning, shape: 'ring' }],
    ...(hasCoverage ? [['signal 6, 12 dB stronger: darker', coverage] as const] : []),
  ] as const;
  if (colouring.value === 'served-by') {
    const feed = activeFeed();
    void feed?.changes.value;
    const order = Object.keys(feed?.state.servers ?? {});
    const own = order.slice(0, 8).map((id) => {
      return [id, { colour: serverColour(id, order, colours), shape: 'dot' }] as const;
    });
    return [...own, ['none', { colour: colours.faint, shape: 'dot' }], ...shapes];
  }
  if (colouring.value === 'staleness') {
    return [
      ['up to date', { colour: activities.computing, shape: 'dot' }],
      ['1 version behind', { colour: series[2]!, shape: 'dot' }],
      ['2 or 3', { colour: series[4]!, shape: 'dot' }],
      ['more', { colour: colours.byzantine, shape: 'dot' }],
      ...shapes,
    ];
  }
  if (colouring.value === 'loss') {
    const feed = activeFeed();
    void feed?.changes.value;
    const losses = feed && colourScale(feed.state).losses;
    const { ramp, warning, faint } = colours;
    return [
      [`least: ${figure(losses?.least)}`, { colour: ramp[0]!, shape: 'dot' }],
      ['between', { colour: ramp[2]!, shape: 'dot' }],
      [`most: ${figure(losses?.most)}`, { colour: ramp.at(-1)!, shape: 'dot' }],
      ['not finite', { colour: warning, shape: 'dot' }],
      ['none yet', { colour: faint, shape: 'dot' }],
      ...shapes,
    ];
  }
  const hasTransfers = activeFeed()?.state.hasTransfers === true;
  void activeFeed()?.changes.value;
  return [
    [
      hasTransfers ? 'computing' : 'computing or sending',
      { colour: activities.computing, shape: 'dot' },
    ],
    ...(hasTransfers
      ? ([
          ['sending', { colour: activities.sending, shape: 'dot' }],
          ['receiving a model', { colour: activities.receiving, shape: 'dot' }],
        ] as const)
      : []),
    ['waiting', { colour: activities.waiting, shape: 'dot' }],
    ['out of range', { colour: activities['out-of-range'], shape: 'dot' }],
    ['crashed', { colour: activities.crashed, shape: 'dot' }],
    ...shapes,
  ];
}
