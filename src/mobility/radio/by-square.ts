/** Values by server, column and row of a square of the map. */
export type BySquare<Value> = Map<string, Map<number, Map<number, Value>>>;

/** What `make` has given there before: a name for each square would take longer than to look it up. */
export function ofSquare<Value>(
  values: BySquare<Value>,
  server: string,
  column: number,
  row: number,
  make: () => Value,
): Value {
  const ofServer = keptOrMade(values, server, () => new Map());
  const ofColumn = keptOrMade(ofServer, column, () => new Map());
  return keptOrMade(ofColumn, row, make);
}

/** The value of a key, made if there is none yet. */
export function keptOrMade<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
