#ifndef LOSSES_H
#define LOSSES_H
// Exponentials, and the softmax cross-entropy of a batch, as ../assembly/exponential.ts and softmax.ts define
// their bits: float64 steps in the order written, rounded to float32 once.
#include "lanes.h"
#include <math.h>

/** Rows whose exponentials are taken together. */
#define LOSS_ROWS 64
#define PAIRS (LANES / 2)
typedef double dvec __attribute__((vector_size(LANES * 4)));
typedef int64_t lvec __attribute__((vector_size(LANES * 4)));
/** As many floats. */
typedef float hvec __attribute__((vector_size(LANES * 2), PLACED));

/** 1.5 * 2^52: adding it rounds a float64 to a whole number and leaves it in the low bits. */
static const double ROUNDER = 6755399441055744.0;
static const double LOG2_E = 1.4426950408889634;
/** The upper 32 bits of ln 2, so that a product with a small whole number is exact, and the rest. */
static const double LN2_HIGH = 0.6931471803691238;
static const double LN2_LOW = 1.9082149292705877e-10;

/** e to the x, to what float32 needs. */
INLINE dvec exponentials64(dvec x) {
  // Beyond +-150 the float32 result does not change; within it 2^n is a normal float64. NaN passes.
  const dvec limit = (dvec){} + 150;
  lvec over = x < -limit;
  x = (dvec)((over & (lvec)-limit) | (~over & (lvec)x));
  over = limit < x;
  x = (dvec)((over & (lvec)limit) | (~over & (lvec)x));
  const dvec shifted = x * LOG2_E + ROUNDER;
  const dvec n = shifted - ROUNDER;
  const dvec r = (x - n * LN2_HIGH) - n * LN2_LOW;
  dvec sum = (dvec){} + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 1.0 / 2;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  return sum * (dvec)(((lvec)shifted + 1023) << 52);
}

static void exponentialsOf(float *out, const float *a, long length) {
  long i = 0;
  for (; i + PAIRS <= length; i += PAIRS) {
    const dvec power = exponentials64(__builtin_convertvector(*(const hvec *)(a + i), dvec));
    *(hvec *)(out + i) = __builtin_convertvector(power, hvec);
  }
  if (i < length) {
    float rest[PAIRS] = {};
    memcpy(rest, a + i, (length - i) * 4);
    const dvec power = exponentials64(__builtin_convertvector(*(const hvec *)rest, dvec));
    *(hvec *)rest = __builtin_convertvector(power, hvec);
    memcpy(out + i, rest, (length - i) * 4);
  }
}

static double exponentials(char *memory, const double *arguments) {
  exponentialsOf(AT(float, 0), AT(const float, 1), COUNT(2));
  return 0;
}

static float logarithm(float x) {
  if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
  if (x == INFINITY) return x;
  // Every float32 number, however small, is a normal float64 one: x = m * 2^n.
  const double wide = x;
  int64_t bits;
  memcpy(&bits, &wide, sizeof bits);
  double n = (double)((bits >> 52) - 1023);
  bits = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
  double m;
  memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    n += 1;
  }
  const double s = (m - 1) / (m + 1);
  const double square = s * s;
  double sum = 1.0 / 15;
  sum = sum * square + 1.0 / 13;
  sum = sum * square + 1.0 / 11;
  sum = sum * square + 1.0 / 9;
  sum = sum * square + 1.0 / 7;
  sum = sum * square + 1.0 / 5;
  sum = sum * square + 1.0 / 3;
  sum = sum * square + 1;
  return (float)(n * LN2_HIGH + (n * LN2_LOW + 2 * s * sum));
}

/** The greatest; NaN where there is one. */
static float maximum(const float *row, long classes) {
  float greatest = -INFINITY;
  for (long i = 0; i < classes; i += 1) {
    if (row[i] != row[i]) return NAN;
    if (row[i] > greatest || (row[i] == greatest && signbit(greatest))) greatest = row[i];
  }
  return greatest;
}

static double crossEntropyGradient(char *memory, const double *arguments) {
  float *logits = AT(float, 0);
  const uint8_t *labels = AT(const uint8_t, 1);
  const uint32_t *items = AT(const uint32_t, 2);
  const long rows = COUNT(3), classes = COUNT(4);
  double total = 0;
  // Of all rows, since a vector holds almost as many numbers as a row has classes; the logits that the losses
  // need are taken first.
  for (long first = 0; first < rows; first += LOSS_ROWS) {
    const long some = least(LOSS_ROWS, rows - first);
    float own[LOSS_ROWS];
    for (long row = 0; row < some; row += 1) {
      float *at = logits + row * classes;
      const float greatest = maximum(at, classes);
      own[row] = at[labels[items[first + row]]] - greatest;
      for (long i = 0; i < classes; i += 1) at[i] -= greatest;
    }
    exponentialsOf(logits, logits, some * classes);
    for (long row = 0; row < some; row += 1) {
      float sum = 0;
      for (long i = 0; i < classes; i += 1) sum += logits[i];
      for (long i = 0; i < classes; i += 1) logits[i] /= sum;
      logits[labels[items[first + row]]] -= 1;
      total += logarithm(sum) - own[row];
      logits += classes;
    }
  }
  return total;
}

#endif
