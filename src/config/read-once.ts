/** What was read last of one kind; those of others are let go. */
interface LastRead<Value> {
  key: string;
  reading: Promise<Value> | null;
}

export function nothingRead<Value>(): LastRead<Value> {
  return { key: '', reading: null };
}

/** What `read` reads, unless the same was read last: a config's checks and its run ask for it, and so do all arms of a study. */
export function readOnce<Value>(
  last: LastRead<Value>,
  what: unknown,
  read: () => Promise<Value>,
): Promise<Value> {
  const key = JSON.stringify(what);
  if (last.key !== key || last.reading === null) Object.assign(last, { key, reading: read() });
  return last.reading!;
}
