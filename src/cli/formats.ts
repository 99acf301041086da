/** `1:02:03`, or `-0:00:05` of what was before the zero of its clock. */
export function clockTime(seconds: number): string {
  if (Math.floor(seconds) < 0) return `-${clockTime(-Math.floor(seconds))}`;
  const whole = Math.floor(seconds);
  const pad = (part: number): string => String(part).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`;
}

/** Seconds since 1970 that are no time of a short simulation, from 2001 on. */
const FIRST_DATE_S = 1e9;

/** `1:02:03`, or a date, by UTC, of a trace whose times are dates. */
export function traceTime(seconds: number): string {
  if (seconds < FIRST_DATE_S || seconds > 8e12) return clockTime(seconds);
  return new Date(Math.floor(seconds) * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace('.000Z', ' UTC');
}

export function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(2)} %`;
}

export function quantityText(value: number | string | null): string {
  return typeof value === 'number' ? value.toFixed(4) : (value ?? '-');
}

/** `3 ended at gaps, 1 at jumps`: presences whose entity came back. */
export function cutsInText({ gaps, jumps }: { gaps: number; jumps: number }): string {
  if (gaps + jumps === 0) return 'none ended at a gap or a jump';
  return `${gaps} ended at gaps, ${jumps} at jumps`;
}
