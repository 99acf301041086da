import type { SimulatedLine } from '../../journal/events.ts';

/** Simulation time as `1:02:03.4`. */
export function clockText(timeUs: number): string {
  const tenths = Math.floor(timeUs / 100_000);
  const seconds = ((tenths / 10) % 60).toFixed(1).padStart(4, '0');
  const minutes = Math.floor(tenths / 600) % 60;
  const hours = Math.floor(tenths / 36_000);
  return `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

export function figure(value: unknown, digits = 3): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return '–';
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return Math.abs(value) >= 1000 || Math.abs(value) < 0.001
    ? value.toExponential(2)
    : String(Number(value.toPrecision(digits)));
}

export function shareText(value: number | null | undefined): string {
  return typeof value === 'number' ? `${(100 * value).toFixed(1)} %` : '–';
}

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))} ${units[unit]}`;
}

/** The node that a line is about, for the log's first column. */
export function subjectOf(line: SimulatedLine): string {
  for (const key of ['worker', 'node', 'server', 'from', 'owner'] as const) {
    const value = (line as unknown as Record<string, unknown>)[key];
    if (typeof value === 'string') return value;
  }
  return '';
}

/** A line of the journal in words. */
export function describe(line: SimulatedLine): string {
  switch (line.type) {
    case 'enter-map':
      return `is on the map as ${line.kind} ${line.entity}`;
    case 'leave-map':
      return 'has left the map';
    case 'enter-range':
      return `comes into range of ${line.server}`;
    case 'leave-range':
      return `leaves the range of ${line.server}`;
    case 'associate':
      if (line.server === null) return `is no longer with ${line.previous}`;
      return line.handover
        ? `is handed over from ${line.previous} to ${line.server}`
        : `is with ${line.server}`;
    case 'round-opened':
      return `opens round ${line.round} on version ${line.version}, ${line.children} children`;
    case 'gradient-started':
      return `begins gradient ${line.gradient} on version ${line.version}`;
    case 'gradient-ended':
      return `gradient ${line.gradient} ${outcome(line.outcome, line.reason)}${line.byzantine ? ', forged' : ''}`;
    case 'result-ended':
      return `result ${line.result} ${outcome(line.outcome, line.reason)} at ${line.parent}`;
    case 'update-ended':
      return `update ${line.update} ${outcome(line.outcome, line.reason)} at ${line.server}`;
    case 'aggregated':
      return `aggregates ${line.vectors} vectors, ${line.byzantine} Byzantine (f = ${line.declaredF})${line.exceeded ? ': more than f' : ''}`;
    case 'no-result':
      return `has no result: ${line.vectors} of ${line.needed} vectors`;
    case 'updated':
      return `has version ${line.version}${line.applied === false ? ', unchanged' : ''}`;
    case 'evaluated':
      return line.accuracy === undefined
        ? `is measured: loss ${figure(line.loss)}`
        : `is measured: accuracy ${shareText(line.accuracy)}, loss ${figure(line.loss)}`;
    case 'crashed':
      return `crashes, its state is ${line.state}`;
    case 'recovered':
      return 'works again';
    case 'cut':
      return `loses its link to ${line.parent}`;
    case 'restored':
      return `has its link to ${line.parent} again`;
    case 'turned-byzantine':
      return 'turns Byzantine';
    case 'turned-honest':
      return 'turns honest';
    case 'transfer-started':
      return `sends ${line.what} ${line.number} to ${line.to}, ${bytesText(line.bytes)}`;
    case 'transfer-ended':
      return `${line.what} ${line.number} ${line.outcome === 'arrived' ? 'has come to' : 'is lost on its way to'} ${line.to}`;
    case 'message-lost':
      return `loses a ${line.what} to ${line.to}: ${line.reason}`;
    case 'held-back':
      return `waits for ${line.workers.length} slow workers`;
    case 'update-sent':
      return `sends ${line.changes.length} changes to ${line.server}, ${bytesText(line.bytes)}`;
    case 'model-sent':
      return `sends version ${line.version} to ${line.to}`;
    case 'model-received':
      return `has version ${line.version} of ${line.from}`;
    case 'run-ended':
      return `the run is over: ${line.reason}`;
    default:
      return rest(line);
  }
}

function outcome(what: string, reason: string | undefined): string {
  const words = what === 'in-flight' ? 'is still under way' : `is ${what}`;
  return reason === undefined ? words : `${words} (${reason})`;
}

/** The fields of any other line. */
function rest(line: SimulatedLine): string {
  const skipped = new Set(['n', 'timeUs', 'type', 'worker', 'node', 'server']);
  const parts = Object.entries(line).flatMap(([key, value]) =>
    skipped.has(key) ? [] : `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return parts.join(', ').slice(0, 160);
}
