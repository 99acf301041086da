#ifndef SELECTION_H
#define SELECTION_H
// Values of chosen rank by a sorting network, as ../assembly/selection.ts defines their bits. A row of the
// scratch has 64 floats, as there, whatever the width.
#include "lanes.h"
#include <math.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define ROW 64
#define ROW_BYTES 256

/** The lesser; the first of two that are equal, and with a NaN. */
INLINE vec lesser(vec a, vec b) {
#if LANES == 16
  return (vec)_mm512_min_ps((__m512)b, (__m512)a);
#elif LANES == 8
  return (vec)_mm256_min_ps((__m256)b, (__m256)a);
#elif defined(__x86_64__)
  return (vec)_mm_min_ps((__m128)b, (__m128)a);
#else
  return chosen(b < a, b, a);
#endif
}

INLINE vec greater(vec a, vec b) {
#if LANES == 16
  return (vec)_mm512_max_ps((__m512)b, (__m512)a);
#elif LANES == 8
  return (vec)_mm256_max_ps((__m256)b, (__m256)a);
#elif defined(__x86_64__)
  return (vec)_mm_max_ps((__m128)b, (__m128)a);
#else
  return chosen(a < b, b, a);
#endif
}

INLINE ivec isInfinite(vec a) { return (a == splat(INFINITY)) | (a == splat(-INFINITY)); }

/** Rows of the scratch <- the vectors from `begin` on, -0 read as +0; then the network. */
static void sorted(char *memory, char *scratch, const uint32_t *table, long n, long begin, long count,
                   const uint32_t *network, long comparators) {
  for (long index = 0; index < n; index += 1) {
    const float *from = (const float *)(memory + table[index]) + begin;
    float *row = (float *)(scratch + index * ROW_BYTES);
    if (count < ROW) {
      memcpy(row, from, count * 4);
      from = row;
    }
    UNROLLED for (int at = 0; at < ROW; at += LANES) store(row + at, load(from + at) + (vec){});
  }
  for (const uint32_t *end = network + 2 * comparators; network < end; network += 2) {
    float *first = (float *)(scratch + network[0]);
    float *second = (float *)(scratch + network[1]);
    UNROLLED for (int at = 0; at < ROW; at += LANES) {
      const vec a = load(first + at), b = load(second + at);
      store(first + at, lesser(a, b));
      store(second + at, greater(a, b));
    }
  }
}

static double medianOf(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *table = AT(const uint32_t, 1), *network = AT(const uint32_t, 4);
  const long n = COUNT(2), length = COUNT(3), comparators = COUNT(5);
  char *scratch = AT(char, 8);
  const float *low = (const float *)(scratch + whole(arguments[6]));
  const float *high = (const float *)(scratch + whole(arguments[7]));
  for (long begin = 0; begin < length; begin += ROW) {
    const long count = least(ROW, length - begin);
    float middle[ROW];
    sorted(memory, scratch, table, n, begin, count, network, comparators);
    for (int at = 0; at < ROW; at += LANES) {
      const vec a = load(low + at), b = load(high + at);
      const vec sum = a + b;
      store(middle + at, chosen(isInfinite(sum), a * 0.5f + b * 0.5f, sum * 0.5f));
    }
    memcpy(out + begin, middle, count * 4);
  }
  return 0;
}

/** The mean of ranks `from` to `to` - 1 in a column of the scratch. */
static vec meanOfRows(const char *column, long from, long to) {
  const float count = to - from;
  const vec first = load((const float *)(column + from * ROW_BYTES));
  vec sum = {}, lowest = first, highest = first;
  for (long row = from; row < to; row += 1) {
    const vec value = load((const float *)(column + row * ROW_BYTES));
    sum += value;
    lowest = lesser(lowest, value);
    highest = greater(highest, value);
  }
  vec mean = sum / count;
  const ivec isOver = isInfinite(sum);
  int any = 0;
  for (int lane = 0; lane < LANES; lane += 1) any |= isOver[lane];
  if (any) {
    vec parts = {};
    for (long row = from; row < to; row += 1) {
      parts += load((const float *)(column + row * ROW_BYTES)) / count;
    }
    mean = chosen(isOver, parts, mean);
  }
  return lesser(greater(mean, lowest), highest);
}

INLINE void storeMeans(float *out, const char *scratch, long from, long to, long count) {
  float means[ROW];
  for (int at = 0; at < ROW; at += LANES) store(means + at, meanOfRows(scratch + at * 4, from, to));
  memcpy(out, means, count * 4);
}

static double rankMeanOf(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *table = AT(const uint32_t, 1), *network = AT(const uint32_t, 4);
  const long n = COUNT(2), length = COUNT(3), comparators = COUNT(5), from = COUNT(6), to = COUNT(7);
  char *scratch = AT(char, 8);
  for (long begin = 0; begin < length; begin += ROW) {
    const long count = least(ROW, length - begin);
    sorted(memory, scratch, table, n, begin, count, network, comparators);
    storeMeans(out + begin, scratch, from, to, count);
  }
  return 0;
}

/** Row `row` <- the value of rank `high` where it is nearer to the centre than that of `low`. */
static void moveOn(char *scratch, const float *centre, long row, long low, long high) {
  float *target = (float *)(scratch + row * ROW_BYTES);
  const float *lower = (const float *)(scratch + low * ROW_BYTES);
  const float *higher = (const float *)(scratch + high * ROW_BYTES);
  UNROLLED for (int at = 0; at < ROW; at += LANES) {
    const vec middle = load(centre + at), value = load(higher + at);
    const vec below = middle - load(lower + at), above = value - middle;
    store(target + at, chosen(below > above, value, load(target + at)));
  }
}

static double nearestMeanOf(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *table = AT(const uint32_t, 1), *network = AT(const uint32_t, 4);
  const long n = COUNT(2), length = COUNT(3), comparators = COUNT(5), from = COUNT(6), to = COUNT(7);
  const long kept = COUNT(8);
  char *scratch = AT(char, 9);
  float *centre = (float *)(scratch + n * ROW_BYTES);
  for (long begin = 0; begin < length; begin += ROW) {
    const long count = least(ROW, length - begin);
    sorted(memory, scratch, table, n, begin, count, network, comparators);
    for (int at = 0; at < ROW; at += LANES) store(centre + at, meanOfRows(scratch + at * 4, from, to));
    for (long row = 0; row < least(kept, n - kept); row += 1) {
      for (long rank = row; rank + kept < n; rank += kept) moveOn(scratch, centre, row, rank, rank + kept);
    }
    storeMeans(out + begin, scratch, 0, kept, count);
  }
  return 0;
}
#endif
