#ifndef WINDOWS_H
#define WINDOWS_H
// Convolutions over compressed images, as ../assembly/windows.ts defines their bits. The kernel
// that makes the compressed images has no sums to widen and stays WebAssembly.
#include "products.h"

static double multiplyWindows(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *starts = AT(const uint32_t, 1);
  const struct Entry *entries = AT(const struct Entry, 2);
  const float *panels = AT(const float, 3);
  const long outRows = COUNT(4), outColumns = COUNT(5), filters = COUNT(6), size = COUNT(7);
  const long stride = COUNT(8), gridColumns = COUNT(9), channels = COUNT(10);
  const long depth = size * size * channels;
  for (long column = 0; column < filters;) {
    const long left = filters - column;
    const long width = panelWidth(left, COMPRESSED_WIDTH);
    AddEntries *const add = adderOf(width);
    for (long outRow = 0; outRow < outRows; outRow += 1) {
      // A row of the window at a time, so that its part of the panel stays in the fastest cache.
      for (long row = 0; row < size; row += 1) {
        float *to = out + outRow * outColumns * filters + column;
        const uint32_t *start = starts + (outRow * stride + row) * gridColumns;
        const float *base = panels + column * depth + row * size * channels * width;
        for (long outColumn = 0; outColumn < outColumns; outColumn += 1) {
          const struct Entry *from = entries + start[0];
          const struct Entry *end = entries + start[size];
          if (left < width) addSome(to, from, end, UINT32_MAX, base, width, left);
          else if (from < end) add(to, from, end, UINT32_MAX, base, width);
          to += filters;
          start += stride;
          base -= stride * channels * width;
        }
      }
    }
    column += width;
  }
  return 0;
}

static double accumulateWindows(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *starts = AT(const uint32_t, 1);
  const struct Entry *entries = AT(const struct Entry, 2);
  const float *image = AT(const float, 3);
  const long filters = COUNT(4), size = COUNT(5), imageColumns = COUNT(6), channels = COUNT(7);
  const long length = size * channels;
  for (long row = 0; row < size; row += 1) {
    for (long column = 0; column < length;) {
      const long left = length - column;
      const long width = panelWidth(left, COMPRESSED_WIDTH);
      AddEntries *const add = adderOf(width);
      const float *base = image + row * imageColumns * channels + column;
      for (long filter = 0; filter < filters; filter += 1) {
        const struct Entry *from = entries + starts[filter];
        const struct Entry *end = entries + starts[filter + 1];
        float *to = out + (filter * size + row) * length + column;
        if (left < width) addSome(to, from, end, UINT32_MAX, base, channels, left);
        else if (from < end) add(to, from, end, UINT32_MAX, base, channels);
      }
      column += width;
    }
  }
  return 0;
}
#endif
