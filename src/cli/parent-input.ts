// Imported first by main.ts, so that the parent is watched before anything that takes time is loaded.

/** Whether this process ends when its standard input does, which its parent holds open. */
export const endsWithInput =
  ['agent', 'serve'].includes(process.argv[2] ?? '') && process.argv.includes('--with-stdin');

let said = '';
let onLine: () => void = () => {};

if (endsWithInput) {
  const end = () => process.exit();
  process.stdin.setEncoding('utf8').on('data', (part: string) => {
    // Only the first line is of interest: what follows would pile up.
    if (!said.includes('\n')) said += part;
    onLine();
  });
  process.stdin.on('end', end).on('error', end).on('close', end);
}

/** The first line of standard input, for a process that ends with it. */
export function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    onLine = () => {
      const [line, ...rest] = said.split('\n');
      if (rest.length > 0) resolve(line!);
    };
    onLine();
  });
}
