import type { Activity } from '../shared/node-views.ts';

/** Colours of the canvas, in one theme. Told apart by those who do not see red and green, too. */
export interface Palette {
  ground: string;
  street: string;
  path: string;
  building: string;
  text: string;
  halo: string;
  faint: string;
  link: string;
  server: string;
  range: string;
  byzantine: string;
  warning: string;
  region: string;
  activities: Record<Activity, string>;
  /** From little to much. */
  ramp: readonly string[];
  /** For things of a kind, such as servers and runs. */
  series: readonly string[];
}

export const LIGHT: Palette = {
  ...{
    ground: '#f6f7f8',
    street: '#d9dde1',
    path: '#e8eaed',
    building: '#e4dfd6',
    text: '#1d2733',
    halo: '#ffffff',
  },
  ...{ faint: '#8a949e', link: '#5f86a8', server: '#0b4f7d', range: '#0b6aa8' },
  ...{ byzantine: '#c2410c', warning: '#a3195b', region: '#c2410c' },
  activities: {
    ...{ computing: '#0a74b8', waiting: '#4aa9c9', 'out-of-range': '#9aa4ad', crashed: '#22272c' },
    ...{ sending: '#8a6a00', receiving: '#5b4fb0' },
  },
  ramp: ['#8fd0e8', '#4aa3cf', '#2f6fb0', '#38408f', '#2d1357'],
  series: ['#0a74b8', '#c2410c', '#08835c', '#a3195b', '#8a6a00', '#5b4fb0', '#4a5560'],
};

export const DARK: Palette = {
  ...{
    ground: '#12171d',
    street: '#2b343d',
    path: '#20272e',
    building: '#241f1a',
    text: '#e6ebf0',
    halo: '#12171d',
  },
  ...{ faint: '#7d8894', link: '#6f9dc4', server: '#8ecbf0', range: '#5aa9dc' },
  ...{ byzantine: '#ff9a5c', warning: '#f58ac0', region: '#ff9a5c' },
  activities: {
    ...{ computing: '#4db2f0', waiting: '#8fdce8', 'out-of-range': '#66717c', crashed: '#f3f5f7' },
    ...{ sending: '#e3c14a', receiving: '#a99df5' },
  },
  ramp: ['#3b4f8f', '#3f7fc4', '#4fb0d8', '#8fdcd0', '#f2f7b0'],
  series: ['#4db2f0', '#ff9a5c', '#3ecf9c', '#f58ac0', '#e3c14a', '#a99df5', '#b7c0c9'],
};
