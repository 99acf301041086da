#ifndef ITEMS_H
#define ITEMS_H
// Picking a batch's items out of a placed dataset, and placing one, as ../assembly/items.ts defines it.
#include "products.h"

/** What a step of the compressed kernels takes; rows have room for as many behind their last. */
#define EIGHT 8
#define CACHE_LINE 64
/** Pixels that are counted in a byte. */
#define COUNTED 128

typedef int32_t ivec8 __attribute__((vector_size(32), PLACED));
typedef uint16_t words8 __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1), may_alias));

/** The first eight bytes as numbers of 16 bits. */
INLINE words8 widened(bytes16 eight) {
  // With a byte of zeros above each; compilers convert bytes one by one.
  const bytes16 order = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23};
  return (words8)__builtin_shuffle(eight, (bytes16){}, order);
}

INLINE bytes16 loadEight(const uint8_t *at) {
  bytes16 eight = {};
  memcpy(&eight, at, EIGHT);
  return eight;
}

#define GATHER(NAME, TYPE)                                                                                  \
  static double NAME(char *memory, const double *arguments) {                                              \
    float *out = AT(float, 0);                                                                              \
    const TYPE *inputs = AT(const TYPE, 1);                                                                 \
    const uint32_t *items = AT(const uint32_t, 2);                                                          \
    const long count = COUNT(3), features = COUNT(4);                                                       \
    const float scale = arguments[5];                                                                       \
    for (long i = 0; i < count; i += 1) {                                                                   \
      const TYPE *from = inputs + (size_t)items[i] * features;                                              \
      for (long feature = 0; feature < features; feature += 1) out[feature] = from[feature] * scale;        \
      out += features;                                                                                      \
    }                                                                                                       \
    return 0;                                                                                               \
  }

GATHER(gatherPixels, uint8_t)
GATHER(gatherFloats, float)

/** A batch's rows lie all over the dataset: asked for in one go they come in from memory side by side. */
INLINE void fetchRows(const uint32_t *starts, const char *data, size_t size, const uint32_t *items, long count) {
  for (long i = 0; i < count; i += 1) {
    const uint32_t *start = starts + items[i];
    const char *end = data + start[1] * size;
    for (const char *line = data + start[0] * size; line < end; line += CACHE_LINE) __builtin_prefetch(line);
  }
}

static double gatherCompressedPixels(char *memory, const double *arguments) {
  uint32_t *outStarts = AT(uint32_t, 0);
  struct Entry *out = AT(struct Entry, 1), *const first = out;
  const uint32_t *starts = AT(const uint32_t, 2);
  const uint16_t *columns = AT(const uint16_t, 3);
  const uint8_t *values = AT(const uint8_t, 4);
  const uint32_t *items = AT(const uint32_t, 5);
  const long count = COUNT(6);
  const float scale = arguments[7];
  fetchRows(starts, (const char *)columns, sizeof *columns, items, count);
  fetchRows(starts, (const char *)values, sizeof *values, items, count);
  for (long i = 0; i < count; i += 1) {
    outStarts[i] = out - first;
    const long from = starts[items[i]], end = starts[items[i] + 1];
    struct Entry *to = out;
    for (long place = from; place < end; place += EIGHT) {
      const ivec8 indices = __builtin_convertvector(*(const words8 *)(columns + place), ivec8);
      const ivec8 pixels = __builtin_convertvector(widened(loadEight(values + place)), ivec8);
      const ivec8 scaled = (ivec8)(__builtin_convertvector(pixels, vec8) * scale);
      *(ivec8 *)to = __builtin_shuffle(indices, scaled, (ivec8){0, 8, 1, 9, 2, 10, 3, 11});
      *(ivec8 *)(to + EIGHT / 2) = __builtin_shuffle(indices, scaled, (ivec8){4, 12, 5, 13, 6, 14, 7, 15});
      to += EIGHT;
    }
    out += end - from;
  }
  outStarts[count] = out - first;
  return 0;
}

static double gatherCompressedFloats(char *memory, const double *arguments) {
  uint32_t *outStarts = AT(uint32_t, 0);
  struct Entry *out = AT(struct Entry, 1), *const first = out;
  const uint32_t *starts = AT(const uint32_t, 2);
  const uint16_t *columns = AT(const uint16_t, 3);
  const float *values = AT(const float, 4);
  const uint32_t *items = AT(const uint32_t, 5);
  const long count = COUNT(6);
  const float scale = arguments[7];
  for (long i = 0; i < count; i += 1) {
    outStarts[i] = out - first;
    const long end = starts[items[i] + 1];
    for (long place = starts[items[i]]; place < end; place += 1) {
      *out = (struct Entry){columns[place], values[place] * scale};
      out += 1;
    }
  }
  outStarts[count] = out - first;
  return 0;
}

static double countPixels(char *memory, const double *arguments) {
  const uint8_t *inputs = AT(const uint8_t, 0);
  const long length = COUNT(1);
  long count = 0;
  for (long i = 0; i < length; i += COUNTED) {
    // A byte holds them, so that a vector counts in as many lanes as it has bytes.
    uint8_t some = 0;
    const long end = least(i + COUNTED, length);
    for (long at = i; at < end; at += 1) some += inputs[at] != 0;
    count += some;
  }
  return count;
}

/** A bit for each of eight bytes that is not zero, the first the lowest. */
INLINE uint32_t bitsOf(uint64_t eight) {
  const uint64_t low = 0x7f7f7f7f7f7f7f7f;
  const uint64_t ones = ((((eight & low) + low) | eight) & ~low) >> 7;
  return (ones * 0x0102040810204080) >> 56;
}

/** Writes up to seven more columns and values than there are. */
static double compressPixels(char *memory, const double *arguments) {
  uint32_t *starts = AT(uint32_t, 0);
  uint16_t *columns = AT(uint16_t, 1);
  uint8_t *values = AT(uint8_t, 2);
  const uint8_t *inputs = AT(const uint8_t, 3);
  const long rows = COUNT(4), features = COUNT(5);
  // By their bits, where those of eight bytes that are not zero lie.
  uint8_t places[256][EIGHT] = {};
  for (int bits = 0; bits < 256; bits += 1) {
    int kept = 0;
    for (int place = 0; place < EIGHT; place += 1) {
      if (bits >> place & 1) places[bits][kept++] = place;
    }
  }
  long to = COUNT(6);
  starts[0] = to;
  for (long row = 0; row < rows; row += 1) {
    long feature = 0;
    for (; feature + EIGHT <= features; feature += EIGHT) {
      uint64_t eight;
      memcpy(&eight, inputs + feature, EIGHT);
      if (eight == 0) continue;
      const uint32_t bits = bitsOf(eight);
      const bytes16 order = loadEight(places[bits]);
      const bytes16 kept = __builtin_shuffle(loadEight(inputs + feature), order);
      memcpy(values + to, &kept, EIGHT);
      *(words8 *)(columns + to) = widened(order) + (uint16_t)feature;
      to += __builtin_popcount(bits);
    }
    for (; feature < features; feature += 1) {
      columns[to] = feature;
      values[to] = inputs[feature];
      to += inputs[feature] != 0;
    }
    inputs += features;
    starts[row + 1] = to;
  }
  return to;
}
#endif
