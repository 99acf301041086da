/** A fault of a trace and its offset; a reader turns it into an InputError with line and column. */
export class FcdFault extends Error {
  override name = 'FcdFault';
  readonly offset: number;
  readonly found: string;
  readonly advice: readonly string[];

  constructor(offset: number, found: string, ...advice: string[]) {
    super(found);
    this.offset = offset;
    this.found = found;
    this.advice = advice;
  }
}

export const WRITE_FCD = 'write the trace with `sumo --fcd-output FILE`';

export function strayText(text: string): string {
  const shown = text.length > 30 ? `${text.slice(0, 30)}…` : text;
  return `text between the elements: ${JSON.stringify(shown)}`;
}
