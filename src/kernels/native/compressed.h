#ifndef COMPRESSED_H
#define COMPRESSED_H
// Compressed rows in other forms, as ../assembly/compressed.ts defines them.
#include "products.h"

static double transposeCompressed(char *memory, const double *arguments) {
  uint32_t *outStarts = AT(uint32_t, 0);
  struct Entry *out = AT(struct Entry, 1);
  const uint32_t *starts = AT(const uint32_t, 2);
  const struct Entry *entries = AT(const struct Entry, 3);
  const long rows = COUNT(4), columns = COUNT(5);
  const struct Entry *from = entries + starts[0], *const last = entries + starts[rows];
  // Counted one place up, so that after the scatter each start is where it belongs.
  uint32_t *next = outStarts + 1;
  memset(outStarts, 0, (columns + 1) * sizeof *outStarts);
  for (const struct Entry *entry = from; entry < last; entry += 1) next[entry->index] += 1;
  uint32_t position = 0;
  for (long column = 0; column < columns; column += 1) {
    const uint32_t count = next[column];
    next[column] = position;
    position += count;
  }
  for (long row = 0; row < rows; row += 1) {
    for (const struct Entry *end = entries + starts[row + 1]; from < end; from += 1) {
      uint32_t *const place = next + from->index;
      out[*place] = (struct Entry){row, from->value};
      *place += 1;
    }
  }
  return 0;
}

static double scatterCompressed(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *starts = AT(const uint32_t, 1);
  const struct Entry *from = AT(const struct Entry, 2), *const entries = from;
  const long rows = COUNT(3), columns = COUNT(4);
  memset(out, 0, rows * columns * sizeof *out);
  for (long row = 0; row < rows; row += 1) {
    for (const struct Entry *end = entries + starts[row + 1]; from < end; from += 1) {
      out[from->index] = from->value;
    }
    out += columns;
  }
  return 0;
}
#endif
