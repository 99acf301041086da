#ifndef VECTORS_H
#define VECTORS_H
// Elementwise operations, sums and combinations of vectors, as ../assembly/vectors.ts, adagrad.ts and combining.ts
// define their bits.
#include "lanes.h"

/** Elements whose sums stay in the first-level cache, and vectors added to them at a time. */
#define SUM_BLOCK 2048
#define SUM_VECTORS 16
#define STRIP 64

/** Results from this length on are as large as a second-level cache, or half of one. */
#define STREAMED_LENGTH 65536

static double addScaled(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const float *a = AT(const float, 1), *b = AT(const float, 2);
  const float factor = arguments[3];
  const long length = COUNT(4);
  long i = 0;
  for (; i + LANES <= length; i += LANES) store(out + i, load(a + i) + factor * load(b + i));
  for (; i < length; i += 1) out[i] = a[i] + factor * b[i];
  return 0;
}

static double addScaledFinite(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const float *a = AT(const float, 1), *b = AT(const float, 2);
  const float factor = arguments[3];
  const long length = COUNT(4);
  // The trained parameters and their model, which are read here, are needed by the next training.
  const int streams = length >= STREAMED_LENGTH && out != a && out != b && (uintptr_t)out % sizeof(vec) == 0;
  // As in allFinite.
  vec sum[4] = {};
  float rest = 0;
  long i = 0;
  for (; i + 4 * LANES <= length; i += 4 * LANES) {
    UNROLLED for (int v = 0; v < 4; v += 1) {
      const long at = i + v * LANES;
      const vec value = load(a + at) + factor * load(b + at);
      if (streams) stream(out + at, value);
      else store(out + at, value);
      sum[v] += 0 * value;
    }
  }
  if (streams) streamed();
  const vec all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (int lane = 0; lane < LANES; lane += 1) rest += all[lane];
  for (; i < length; i += 1) {
    out[i] = a[i] + factor * b[i];
    rest += 0 * out[i];
  }
  return rest == 0;
}

static double scale(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const float *a = AT(const float, 1);
  const float factor = arguments[2];
  const long length = COUNT(3);
  long i = 0;
  for (; i + LANES <= length; i += LANES) store(out + i, factor * load(a + i));
  for (; i < length; i += 1) out[i] = factor * a[i];
  return 0;
}

static double allFinite(char *memory, const double *arguments) {
  const float *a = AT(const float, 0);
  const long length = COUNT(1);
  // x * 0 is NaN exactly for what is not finite, and a NaN stays in a sum.
  vec sum[4] = {};
  float rest = 0;
  long i = 0;
  for (; i + 4 * LANES <= length; i += 4 * LANES) {
    UNROLLED for (int v = 0; v < 4; v += 1) sum[v] += 0 * load(a + i + v * LANES);
  }
  const vec all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (int lane = 0; lane < LANES; lane += 1) rest += all[lane];
  for (; i < length; i += 1) rest += 0 * a[i];
  return rest == 0;
}

/** The value from which a sum goes on. */
INLINE vec begun(const float *out, int isFirst) {
  vec sum = {};
  if (!isFirst) sum = load(out);
  return sum;
}

/** A part of a sum: see sumPart in ../assembly/vectors.ts. With `factors` each vector is multiplied first. */
INLINE void sumPart(char *memory, float *out, const uint32_t *vectors, const float *factors, long count,
                    float divisor, long begin, long stop, int isFirst, int isLast) {
  long i = begin;
  for (; i + 8 * LANES <= stop; i += 8 * LANES) {
    vec sum[8];
    UNROLLED for (int v = 0; v < 8; v += 1) sum[v] = begun(out + i + v * LANES, isFirst);
    for (long index = 0; index < count; index += 1) {
      const float *from = (const float *)(memory + vectors[index]) + i;
      const float factor = factors ? factors[index] : 0;
      UNROLLED for (int v = 0; v < 8; v += 1) {
        const vec value = load(from + v * LANES);
        sum[v] += factors ? (vec)(factor * value) : (vec)value;
      }
    }
    UNROLLED for (int v = 0; v < 8; v += 1) {
      if (isLast) sum[v] /= divisor;
      store(out + i + v * LANES, sum[v]);
    }
  }
  for (; i + LANES <= stop; i += LANES) {
    vec sum = begun(out + i, isFirst);
    for (long index = 0; index < count; index += 1) {
      const vec value = load((const float *)(memory + vectors[index]) + i);
      sum += factors ? (vec)(factors[index] * value) : (vec)value;
    }
    if (isLast) sum /= divisor;
    store(out + i, sum);
  }
  for (; i < stop; i += 1) {
    float sum = isFirst ? 0 : out[i];
    for (long index = 0; index < count; index += 1) {
      const float value = ((const float *)(memory + vectors[index]))[i];
      sum += factors ? factors[index] * value : value;
    }
    out[i] = isLast ? sum / divisor : sum;
  }
}

static double sumDivided(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *vectors = AT(const uint32_t, 1);
  const long count = COUNT(2), length = COUNT(4);
  const float divisor = arguments[3];
  for (long begin = 0; begin < length; begin += SUM_BLOCK) {
    const long end = least(begin + SUM_BLOCK, length);
    for (long some = 0; some < count; some += SUM_VECTORS) {
      const long next = least(some + SUM_VECTORS, count);
      sumPart(memory, out, vectors + some, 0, next - some, divisor, begin, end, some == 0, next == count);
    }
  }
  return 0;
}

static void weightedPart(char *memory, float *out, const uint32_t *table, const float *factors, long n,
                         long begin, long end) {
  for (long first = 0; first < n; first += SUM_VECTORS) {
    const long some = least(SUM_VECTORS, n - first);
    sumPart(memory, out, table + first, factors + first, some, 1, begin, end, first == 0, 0);
  }
}

static double weightedSumOf(char *memory, const double *arguments) {
  const long n = COUNT(3), length = COUNT(4);
  for (long begin = 0; begin < length; begin += SUM_BLOCK) {
    const long end = least(begin + SUM_BLOCK, length);
    weightedPart(memory, AT(float, 0), AT(const uint32_t, 1), AT(const float, 2), n, begin, end);
  }
  return 0;
}

static double groupMeansOf(char *memory, const double *arguments) {
  const uint32_t *groups = AT(const uint32_t, 0);
  const long count = COUNT(1), length = COUNT(2);
  for (long begin = 0; begin < length; begin += STRIP) {
    const long end = least(begin + STRIP, length);
    const uint32_t *group = groups;
    for (long index = 0; index < count; index += 1) {
      float *out = (float *)(memory + group[0]);
      const uint32_t size = group[1];
      sumPart(memory, out, group + 2, 0, size, size, begin, end, 1, 1);
      group += 2 + size;
    }
  }
  return 0;
}

static double majoritySignOf(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *table = AT(const uint32_t, 1);
  const long n = COUNT(2), length = COUNT(3);
  long i = 0;
  for (; i + LANES <= length; i += LANES) {
    // A comparison that holds is -1 in each of its lanes.
    ivec votes = {};
    for (long index = 0; index < n; index += 1) {
      const vec x = load((const float *)(memory + table[index]) + i);
      votes += (x < (vec){}) - (x > (vec){});
    }
    store(out + i, __builtin_convertvector((votes < 0) - (votes > 0), vec));
  }
  for (; i < length; i += 1) {
    long votes = 0;
    for (long index = 0; index < n; index += 1) {
      const float x = ((const float *)(memory + table[index]))[i];
      votes += (x > 0) - (x < 0);
    }
    out[i] = (votes > 0) - (votes < 0);
  }
  return 0;
}

static double addSquares(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const float *a = AT(const float, 1), *b = AT(const float, 2);
  const long length = COUNT(3);
  long i = 0;
  for (; i + LANES <= length; i += LANES) {
    const vec each = load(b + i);
    store(out + i, load(a + i) + each * each);
  }
  for (; i < length; i += 1) out[i] = a[i] + b[i] * b[i];
  return 0;
}
#endif
