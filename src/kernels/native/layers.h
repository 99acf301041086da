#ifndef LAYERS_H
#define LAYERS_H
// Operations of layers and losses besides products, as ../assembly/layers.ts, exponential.ts and
// softmax.ts define them.
#include "lanes.h"
#include <math.h>

static double addBiases(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const float *biases = AT(const float, 1);
  const long rows = COUNT(2), columns = COUNT(3);
  for (long row = 0; row < rows; row += 1) {
    long column = 0;
    for (; column + LANES <= columns; column += LANES) {
      store(out + column, load(out + column) + load(biases + column));
    }
    for (; column < columns; column += 1) out[column] += biases[column];
    out += columns;
  }
  return 0;
}

static double rectify(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const long length = COUNT(1);
  long i = 0;
  for (; i + LANES <= length; i += LANES) {
    const ivec value = (ivec)load(out + i);
    store(out + i, (vec)(value & ~((vec)value < (vec){})));
  }
  for (; i < length; i += 1) {
    if (out[i] < 0) out[i] = 0;
  }
  return 0;
}

static double rectifyGradient(char *memory, const double *arguments) {
  float *gradient = AT(float, 0);
  const float *output = AT(const float, 1);
  const long length = COUNT(2);
  long i = 0;
  for (; i + LANES <= length; i += LANES) {
    const vec value = load(output + i);
    const ivec passed = (ivec)load(gradient + i) & (value > (vec){});
    store(gradient + i, chosen(value != value, value, (vec)passed));
  }
  for (; i < length; i += 1) {
    const float value = output[i];
    if (!(value > 0)) gradient[i] = value == value ? 0 : value;
  }
  return 0;
}

static double sumRows(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const float *a = AT(const float, 1);
  const long rows = COUNT(2), columns = COUNT(3);
  long column = 0;
  for (; column + 4 * LANES <= columns; column += 4 * LANES) {
    vec sum[4] = {};
    for (long row = 0; row < rows; row += 1) {
      UNROLLED for (int v = 0; v < 4; v += 1) sum[v] += load(a + row * columns + column + v * LANES);
    }
    UNROLLED for (int v = 0; v < 4; v += 1) store(out + column + v * LANES, sum[v]);
  }
  for (; column + LANES <= columns; column += LANES) {
    vec sum = {};
    for (long row = 0; row < rows; row += 1) sum += load(a + row * columns + column);
    store(out + column, sum);
  }
  for (; column < columns; column += 1) {
    float sum = 0;
    for (long row = 0; row < rows; row += 1) sum += a[row * columns + column];
    out[column] = sum;
  }
  return 0;
}
#endif
