/** Facts about the positions from the start of an FCD file. */
export interface FcdHeader {
  /** By the options that SUMO wrote into its comment; undefined where there is no such comment. */
  frame: 'metres' | 'degrees' | 'utm' | undefined;
  /** Vehicles stand at the start of their segment of an edge until they enter the next. */
  isMesoscopic: boolean;
  /** Edges that the first rows are on, without SUMO's internal ones. */
  edges: ReadonlySet<string>;
}

/** The comment has some thousand characters; the rest is rows, for their edges. */
const HEADER_BYTES = 64 * 1024;

export function fcdHeaderOf(start: Buffer | string): FcdHeader {
  const text =
    typeof start === 'string'
      ? start.slice(0, HEADER_BYTES)
      : start.toString('utf8', 0, HEADER_BYTES);
  const root = text.indexOf('<fcd-export');
  const comments = root < 0 ? text : text.slice(0, root);
  const isSet = (option: string) => {
    const value = new RegExp(`<${option}\\s+value="([^"]*)"`).exec(comments)?.[1];
    return value !== undefined && ['true', '1', 'yes', 'on', 'x', 't'].includes(value);
  };
  const isBySumo = /<(?:sumoConfiguration|configuration)\b/.test(comments);
  const frame = isSet('fcd-output\\.geo')
    ? 'degrees'
    : isSet('fcd-output\\.utm')
      ? 'utm'
      : isBySumo
        ? 'metres'
        : undefined;
  const edges = new Set<string>();
  const rows = root < 0 ? '' : text.slice(root);
  for (const [, lane, edge] of rows.matchAll(/\s(?:lane="([^"]+)_\d+"|edge="([^"]+)")/g)) {
    const id = lane ?? edge!;
    if (!id.startsWith(':')) edges.add(id);
  }
  return { frame, isMesoscopic: isSet('mesosim'), edges };
}
