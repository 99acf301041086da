import { signal } from '@preact/signals';
import { DARK, LIGHT, type Palette } from '../drawing/palettes.ts';
import { theme } from './page-state.ts';

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(prefersDark.matches);
prefersDark.addEventListener('change', ({ matches }) => {
  systemIsDark.value = matches;
});

export function isDark(): boolean {
  return theme.value === 'dark' || (theme.value === 'system' && systemIsDark.value);
}

export function palette(): Palette {
  return isDark() ? DARK : LIGHT;
}
