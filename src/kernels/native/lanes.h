// Vectors of LANES floats: 16 (AVX-512), 8 (AVX2) or 4. Sums never run across lanes, so that bits do
// not depend on the width.
#ifndef LANES_H
#define LANES_H

#include <stdint.h>
#include <string.h>

#ifndef LANES
#define LANES 4
#endif

#define PLACED aligned(4), may_alias
typedef float vec __attribute__((vector_size(LANES * 4), PLACED));
typedef int32_t ivec __attribute__((vector_size(LANES * 4), PLACED));
/** Eight floats: what is left of a row where no vector fits any more. */
typedef float vec8 __attribute__((vector_size(32), PLACED));

#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 16")

/** A kernel: the memory's base and the call's arguments, as JavaScript has them. */
typedef double Kernel(char *memory, const double *arguments);

struct NamedKernel {
  const char *name;
  int arity;
  /** True for a kernel that returns a number. */
  int returns;
  Kernel *run;
};

/** Addresses are u32; JavaScript may hand one over as a negative number. */
INLINE uint32_t whole(double argument) { return (uint32_t)(int64_t)argument; }

#define AT(type, index) ((type *)(memory + whole(arguments[index])))
#define COUNT(index) ((long)(int32_t)whole(arguments[index]))

INLINE vec load(const float *at) { return *(const vec *)at; }
INLINE void store(float *at, vec value) { *(vec *)at = value; }
/**
 * Past the caches, for results that are read later than what they would drive out. `at`: a multiple of a
 * vector. Before another thread reads them comes `streamed`.
 */
#if defined(__x86_64__)
INLINE void stream(float *at, vec value) {
#if LANES == 16
  __builtin_ia32_movntps512(at, value);
#elif LANES == 8
  __builtin_ia32_movntps256(at, value);
#else
  __builtin_ia32_movntps(at, value);
#endif
}
INLINE void streamed(void) { __builtin_ia32_sfence(); }
#else
INLINE void stream(float *at, vec value) { store(at, value); }
INLINE void streamed(void) {}
#endif

INLINE vec splat(float value) { return value - (vec){}; }
INLINE vec chosen(ivec mask, vec yes, vec no) {
  return (vec)((mask & (ivec)yes) | (~mask & (ivec)no));
}

INLINE long least(long a, long b) { return a < b ? a : b; }

#endif
