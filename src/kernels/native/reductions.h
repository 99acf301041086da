#ifndef REDUCTIONS_H
#define REDUCTIONS_H
// Sums over long vectors, as ../assembly/reductions.ts and gram.ts define their bits: in a block of 1024 lane l
// of 16 adds up elements l, l + 16, ...; lanes are folded in halves; block sums are added in float64.
#include "lanes.h"
#include "vectors.h"

#define BLOCK 1024
/** Vectors that hold the sixteen lanes. */
#define PARTS (16 / LANES)

struct Sixteen {
  vec part[PARTS];
};

INLINE float folded(struct Sixteen sums) {
  float lane[16];
  memcpy(lane, &sums, sizeof lane);
  for (int half = 8; half > 0; half >>= 1) {
    for (int l = 0; l < half; l += 1) lane[l] += lane[l + half];
  }
  return lane[0];
}

/** The first `left` of 16 floats, and zeros. */
INLINE struct Sixteen loadSome(const float *a, long left) {
  float lane[16] = {};
  struct Sixteen some;
  memcpy(lane, a, left * 4);
  memcpy(&some, lane, sizeof some);
  return some;
}

INLINE struct Sixteen loadSixteen(const float *a) { return *(const struct Sixteen *)a; }

#define REDUCTION(name, term)                                                                     \
  static float name##Block(const float *a, const float *b, long length) {                         \
    struct Sixteen sums = {};                                                                     \
    long i = 0;                                                                                   \
    for (; i + 16 <= length; i += 16) {                                                           \
      UNROLLED for (int v = 0; v < PARTS; v += 1) {                                               \
        const vec x = load(a + i + v * LANES), y = load(b + i + v * LANES);                       \
        sums.part[v] += term;                                                                     \
      }                                                                                           \
    }                                                                                             \
    if (i < length) {                                                                             \
      const struct Sixteen restA = loadSome(a + i, length - i), restB = loadSome(b + i, length - i); \
      for (int v = 0; v < PARTS; v += 1) {                                                        \
        const vec x = restA.part[v], y = restB.part[v];                                           \
        sums.part[v] += term;                                                                     \
      }                                                                                           \
    }                                                                                             \
    return folded(sums);                                                                          \
  }                                                                                               \
  static double name##Of(const float *a, const float *b, long length) {                           \
    double total = 0;                                                                             \
    for (long start = 0; start < length; start += BLOCK) {                                        \
      total += name##Block(a + start, b + start, least(BLOCK, length - start));                   \
    }                                                                                             \
    return total;                                                                                 \
  }

REDUCTION(product, x * y)
REDUCTION(distance, (x - y) * (x - y))

static double squaredNorm(char *memory, const double *arguments) {
  return productOf(AT(const float, 0), AT(const float, 0), COUNT(1));
}

static double dot(char *memory, const double *arguments) {
  return productOf(AT(const float, 0), AT(const float, 1), COUNT(2));
}

static double squaredDistance(char *memory, const double *arguments) {
  return distanceOf(AT(const float, 0), AT(const float, 1), COUNT(2));
}

static double weightedSumAndDistances(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *table = AT(const uint32_t, 1);
  const float *factors = AT(const float, 2);
  const long n = COUNT(3), length = COUNT(4);
  double *distances = AT(double, 5);
  for (long begin = 0; begin < length; begin += BLOCK) {
    const long end = least(begin + BLOCK, length);
    weightedPart(memory, out, table, factors, n, begin, end);
    for (long index = 0; index < n; index += 1) {
      const float *vector = (const float *)(memory + table[index]);
      distances[index] += distanceBlock(vector + begin, out + begin, end - begin);
    }
  }
  return 0;
}

/** Rows and columns of pairs that are multiplied together: as many sums as there are registers. */
#if LANES == 16
#define TILE 4
#else
#define TILE 3
#endif

/** A tile's sums, of the lanes of part `part`; vectors past the last are the last again. */
INLINE void tileOf(struct Sixteen sums[TILE][TILE], const float *a[TILE], const float *b[TILE],
                   long length, int part) {
  vec sum[TILE][TILE] = {};
  long i = 0;
  for (; i + 16 <= length; i += 16) {
    vec y[TILE];
    UNROLLED for (int column = 0; column < TILE; column += 1) y[column] = load(b[column] + i + part * LANES);
    UNROLLED for (int row = 0; row < TILE; row += 1) {
      const vec x = load(a[row] + i + part * LANES);
      UNROLLED for (int column = 0; column < TILE; column += 1) sum[row][column] += x * y[column];
    }
  }
  for (int row = 0; row < TILE; row += 1) {
    for (int column = 0; column < TILE; column += 1) {
      sums[row][column].part[part] = sum[row][column];
      if (i == length) continue;
      const struct Sixteen x = loadSome(a[row] + i, length - i), y = loadSome(b[column] + i, length - i);
      sums[row][column].part[part] += x.part[part] * y.part[part];
    }
  }
}

static double gramOf(char *memory, const double *arguments) {
  double *out = AT(double, 0);
  const uint32_t *table = AT(const uint32_t, 1);
  const long n = COUNT(2), length = COUNT(3);
  memset(out, 0, n * n * sizeof *out);
  for (long begin = 0; begin < length; begin += BLOCK) {
    const long size = least(BLOCK, length - begin);
    for (long i = 0; i < n; i += TILE) {
      for (long j = i; j < n; j += TILE) {
        const float *a[TILE], *b[TILE];
        struct Sixteen sums[TILE][TILE];
        for (int k = 0; k < TILE; k += 1) {
          a[k] = (const float *)(memory + table[least(i + k, n - 1)]) + begin;
          b[k] = (const float *)(memory + table[least(j + k, n - 1)]) + begin;
        }
        for (int part = 0; part < PARTS; part += 1) tileOf(sums, a, b, size, part);
        for (long row = 0; row < least(TILE, n - i); row += 1) {
          for (long column = 0; column < least(TILE, n - j); column += 1) {
            out[(i + row) * n + j + column] += folded(sums[row][column]);
          }
        }
      }
    }
  }
  return 0;
}
#endif
