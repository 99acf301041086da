/** `1:02:03` */
export function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const pad = (part: number): string => String(part).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}`;
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
