import { simulatedTrace } from '../mobility/sumo/simulated-trace.ts';
import type { TraceSource } from '../mobility/trace-source.ts';
import type { Config } from './config-schema.ts';

type GivenTrace = NonNullable<Config['mobility']['trace']>;

/** The files of a trace, in any of the forms that a config may have; SUMO makes some. Throws InputError. */
export async function traceSource(trace: GivenTrace): Promise<TraceSource> {
  if (typeof trace === 'string') return { files: [trace] };
  if (Array.isArray(trace)) return { files: trace };
  if ('sumo' in trace) return { files: [await simulatedTrace(trace.sumo)] };
  const { file, ...options } = trace;
  const files = typeof file === 'string' ? [file] : file;
  return { files, ...withoutUndefined(options) };
}

/** The same trace with each path changed. */
export function withPaths(trace: GivenTrace, change: (path: string) => string): GivenTrace {
  if (typeof trace === 'string') return change(trace);
  if (Array.isArray(trace)) return trace.map(change);
  if ('sumo' in trace) return { sumo: change(trace.sumo) };
  const { file } = trace;
  return { ...trace, file: typeof file === 'string' ? change(file) : file.map(change) };
}

/** Without the keys whose value is undefined. */
export function withoutUndefined<Options extends object>(
  options: Options,
): { [Key in keyof Options]?: Exclude<Options[Key], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Options]?: never };
}
