#ifndef PRODUCTS_H
#define PRODUCTS_H
// Products, as ../assembly/gemm.ts, panels.ts and compressed.ts define their bits: each element is the sum over
// k in ascending order from +0, every product and every sum rounded. Panels may be wider here; as there,
// the panel that begins at column c starts at c * depth floats.
#include "lanes.h"

/** Widths of panels: for compressed rows, and for dense ones. */
#define COMPRESSED_WIDTH (8 * LANES)
#if LANES == 16
#define DENSE_WIDTH 64
#elif LANES == 8
#define DENSE_WIDTH 16
#else
#define DENSE_WIDTH 8
#endif
#define NARROW 8
/** Panel width that the exports' callers ask for where they want wide ones. */
#define ASKED_WIDE 32
/** Floats of a panel that stay in the first-level cache. */
#define CACHED_FLOATS 8192

/** Width of the panel that begins when `left` columns are left: the widest, halved until it fits. */
INLINE long panelWidth(long left, long widest) {
  while (widest > left && widest > NARROW) widest >>= 1;
  return widest;
}

struct Entry {
  uint32_t index;
  float value;
};

/** Stores the first `width` of a panel's row. */
INLINE void storeSome(float *out, const float *row, long width) { memcpy(out, row, width * 4); }

static float packPanel(float *to, const float *from, long depth, long columns, long width, long filled) {
  if (filled < width) {
    float check = 0;
    for (long k = 0; k < depth; k += 1) {
      for (long lane = 0; lane < width; lane += 1) {
        const float value = lane < filled ? from[lane] : 0;
        to[lane] = value;
        check += 0 * value;
      }
      from += columns;
      to += width;
    }
    return check;
  }
  // Several sums, so that an addition need not wait for the one before.
  vec8 check[4] = {};
  for (long k = 0; k < depth; k += 1) {
    long lane = 0;
    for (; lane + 4 * NARROW <= width; lane += 4 * NARROW) {
      UNROLLED for (int v = 0; v < 4; v += 1) {
        const vec8 value = *(const vec8 *)(from + lane + v * NARROW);
        *(vec8 *)(to + lane + v * NARROW) = value;
        check[v] += 0 * value;
      }
    }
    for (; lane < width; lane += NARROW) {
      const vec8 value = *(const vec8 *)(from + lane);
      *(vec8 *)(to + lane) = value;
      check[0] += 0 * value;
    }
    from += columns;
    to += width;
  }
  const vec8 all = (check[0] + check[1]) + (check[2] + check[3]);
  float sum = 0;
  for (int lane = 0; lane < NARROW; lane += 1) sum += all[lane];
  return sum;
}

static double packRows(char *memory, const double *arguments) {
  float *panels = AT(float, 0);
  const float *b = AT(const float, 1);
  const long depth = COUNT(2), columns = COUNT(3);
  const long widest = COUNT(4) == ASKED_WIDE ? COMPRESSED_WIDTH : DENSE_WIDTH;
  // x * 0 is NaN exactly for what is not finite, and a NaN stays in a sum.
  float check = 0;
  for (long column = 0; column < columns;) {
    const long width = panelWidth(columns - column, widest);
    const long filled = least(width, columns - column);
    check += packPanel(panels + column * depth, b + column, depth, columns, width, filled);
    column += width;
  }
  return check == 0;
}

static double packColumns(char *memory, const double *arguments) {
  float *panels = AT(float, 0);
  const float *b = AT(const float, 1);
  const long depth = COUNT(2), columns = COUNT(3);
  for (long column = 0; column < columns;) {
    const long width = panelWidth(columns - column, DENSE_WIDTH);
    float *to = panels + column * depth;
    const float *from = b + column * depth;
    const long filled = least(width, columns - column);
    for (long k = 0; k < depth; k += 1) {
      for (long lane = 0; lane < filled; lane += 1) to[lane] = from[lane * depth + k];
      for (long lane = filled; lane < width; lane += 1) to[lane] = 0;
      to += width;
    }
    column += width;
  }
  return 0;
}

/** Rows that are computed together: as many sums as there are registers for. */
#define DENSE_ROWS 6

/** Some rows of `vectors` vectors, from a panel that is as wide. */
#define ROWS_OF(name, type, lanes, vectors, rows)                                              \
  static void name(float *out, long outStride, const char *a, long rowStride, long stepStride, \
                   const float *panel, long depth, long width) {                               \
    type sum[rows][vectors];                                                                   \
    UNROLLED for (int row = 0; row < rows; row += 1) {                                         \
      UNROLLED for (int v = 0; v < vectors; v += 1) sum[row][v] = (type){};                    \
    }                                                                                          \
    for (long k = 0; k < depth; k += 1) { \
      UNROLLED for (int row = 0; row < rows; row += 1) {                                       \
        const float factor = *(const float *)(a + row * rowStride);                            \
        UNROLLED for (int v = 0; v < vectors; v += 1) {                                        \
          sum[row][v] += factor * *(const type *)(panel + v * lanes);                          \
        }                                                                                      \
      }                                                                                        \
      panel += vectors * lanes;                                                                \
      a += stepStride;                                                                         \
    }                                                                                          \
    UNROLLED for (int row = 0; row < rows; row += 1) {                                         \
      float *to = out + row * outStride, some[vectors * lanes];                                \
      float *whole = width < vectors * lanes ? some : to;                                      \
      UNROLLED for (int v = 0; v < vectors; v += 1) *(type *)(whole + v * lanes) = sum[row][v]; \
      if (width < vectors * lanes) storeSome(to, some, width);                                 \
    }                                                                                          \
  }

typedef void DenseRows(float *, long, const char *, long, long, const float *, long, long);

/** One to DENSE_ROWS rows. */
#define ALL_ROWS(name, type, lanes, vectors)   \
  ROWS_OF(name##1, type, lanes, vectors, 1)    \
  ROWS_OF(name##2, type, lanes, vectors, 2)    \
  ROWS_OF(name##3, type, lanes, vectors, 3)    \
  ROWS_OF(name##4, type, lanes, vectors, 4)    \
  ROWS_OF(name##5, type, lanes, vectors, 5)    \
  ROWS_OF(name##6, type, lanes, vectors, 6)    \
  static DenseRows *const name[] = {name##1, name##2, name##3, name##4, name##5, name##6};

#if LANES == 16
ALL_ROWS(rows64_, vec, LANES, 4)
ALL_ROWS(rows32_, vec, LANES, 2)
#endif
#if LANES >= 8
ALL_ROWS(rows16_, vec, LANES, 16 / LANES)
ALL_ROWS(rows8_, vec8, 8, 1)
#else
ALL_ROWS(rows8_, vec, LANES, 2)
#endif

INLINE DenseRows *const *rowsOf(long width) {
#if LANES == 16
  if (width == 64) return rows64_;
  if (width == 32) return rows32_;
#endif
#if LANES >= 8
  if (width == 16) return rows16_;
#endif
  return rows8_;
}

static double multiplyPanels(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const char *a = AT(const char, 1);
  const long rowStride = COUNT(2), stepStride = COUNT(3);
  const float *panels = AT(const float, 4);
  const long rows = COUNT(5), columns = COUNT(6), depth = COUNT(7);
  for (long column = 0; column < columns;) {
    const long left = columns - column;
    const long width = panelWidth(left, DENSE_WIDTH);
    DenseRows *const *const kernels = rowsOf(width);
    const float *panel = panels + column * depth;
    float *to = out + column;
    const char *from = a;
    for (long row = 0; row < rows; row += DENSE_ROWS) {
      DenseRows *const multiply = kernels[least(DENSE_ROWS, rows - row) - 1];
      multiply(to, columns, from, rowStride, stepStride, panel, depth, least(width, left));
      to += DENSE_ROWS * columns;
      from += DENSE_ROWS * rowStride;
    }
    column += width;
  }
  return 0;
}

/**
 * out (`vectors` vectors) <- out + the entries' values * the vectors at base + index * step floats, as far as
 * entries' indices are less than `stop`. Returns the first entry that is left.
 */
#define ADD_ENTRIES(name, type, lanes, vectors)                                                  \
  static const struct Entry *name(float *out, const struct Entry *from, const struct Entry *end, \
                                  uint32_t stop, const float *base, long step) {                 \
    type sum[vectors];                                                                           \
    UNROLLED for (int v = 0; v < vectors; v += 1) sum[v] = *(const type *)(out + v * lanes);     \
    for (; from < end && from->index < stop; from += 1) {                                        \
      const float *at = base + from->index * step;                                               \
      const float factor = from->value;                                                          \
      UNROLLED for (int v = 0; v < vectors; v += 1) {                                            \
        sum[v] += factor * *(const type *)(at + v * lanes);                                      \
      }                                                                                          \
    }                                                                                            \
    UNROLLED for (int v = 0; v < vectors; v += 1) *(type *)(out + v * lanes) = sum[v];           \
    return from;                                                                                 \
  }

typedef const struct Entry *AddEntries(float *, const struct Entry *, const struct Entry *, uint32_t,
                                       const float *, long);

ADD_ENTRIES(addEight, vec, LANES, 8)
ADD_ENTRIES(addFour, vec, LANES, 4)
ADD_ENTRIES(addTwo, vec, LANES, 2)
#if LANES == 16
ADD_ENTRIES(addOne, vec, LANES, 1)
#endif
#if LANES >= 8
ADD_ENTRIES(addNarrow, vec8, 8, 1)
#else
#define addNarrow addTwo
#endif

INLINE AddEntries *adderOf(long width) {
  switch (width / LANES) {
    case 8: return addEight;
    case 4: return addFour;
    case 2: return addTwo;
#if LANES == 16
    case 1: return addOne;
#endif
    default: return addNarrow;
  }
}

/** The same for the last panel, of which `width` < 8 columns are filled. */
static const struct Entry *addSome(float *out, const struct Entry *from, const struct Entry *end,
                                   uint32_t stop, const float *base, long step, long width) {
  float row[NARROW] = {};
  if (from == end) return end;
  memcpy(row, out, width * 4);
  from = addNarrow(row, from, end, stop, base, step);
  storeSome(out, row, width);
  return from;
}

/** Rows whose next entries are kept in mind while the panel goes by. */
#define ROWS 256

static double multiplyCompressed(char *memory, const double *arguments) {
  float *out = AT(float, 0);
  const uint32_t *starts = AT(const uint32_t, 1);
  const struct Entry *entries = AT(const struct Entry, 2);
  const float *panels = AT(const float, 3);
  const long rows = COUNT(4), columns = COUNT(5), depth = COUNT(6);
  const struct Entry *next[ROWS];
  for (long row = 0; row < rows; row += 1) memset(out + row * columns, 0, columns * 4);
  for (long column = 0; column < columns;) {
    const long left = columns - column;
    const long width = panelWidth(left, COMPRESSED_WIDTH);
    const float *panel = panels + column * depth;
    AddEntries *const add = adderOf(width);
    // A part of the panel at a time, which stays in the first-level cache.
    const long part = width * depth <= 2 * CACHED_FLOATS ? depth : CACHED_FLOATS / width;
    for (long first = 0; first < rows; first += ROWS) {
      const long some = least(ROWS, rows - first);
      for (long row = 0; row < some; row += 1) next[row] = entries + starts[first + row];
      for (long stop = part; stop - part < depth; stop += part) {
        float *to = out + first * columns + column;
        for (long row = 0; row < some; row += 1) {
          const struct Entry *end = entries + starts[first + row + 1];
          next[row] = left < width ? addSome(to, next[row], end, stop, panel, width, left)
                                   : add(to, next[row], end, stop, panel, width);
          to += columns;
        }
      }
    }
    column += width;
  }
  return 0;
}
#endif
