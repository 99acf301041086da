// The door for Node.js: which processors' kernels run here, and functions bound to a memory. The few
// functions of Node-API are declared by hand, since its binary interface is stable and a compiler need
// not find its headers.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
int napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *, void **);
int napi_get_value_double(napi_env, napi_value, double *);
int napi_get_value_uint32(napi_env, napi_value, uint32_t *);
int napi_get_typedarray_info(napi_env, napi_value, int *, size_t *, void **, napi_value *, size_t *);
int napi_create_double(napi_env, double, napi_value *);
int napi_create_object(napi_env, napi_value *);
int napi_create_string_utf8(napi_env, const char *, size_t, napi_value *);
int napi_create_array(napi_env, napi_value *);
int napi_set_element(napi_env, napi_value, uint32_t, napi_value);
int napi_set_named_property(napi_env, napi_value, const char *, napi_value);
int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
int napi_add_finalizer(napi_env, napi_value, void *, void (*)(napi_env, void *, void *), void *, void *);
int napi_throw_type_error(napi_env, const char *, const char *);

typedef double Kernel(char *memory, const double *arguments);
struct NamedKernel {
  const char *name;
  int arity;
  int returns;
  Kernel *run;
};

#define MOST_ARGUMENTS 16
#define ALL SIZE_MAX

extern const struct NamedKernel kernels_baseline[];
#ifdef __x86_64__
extern const struct NamedKernel kernels_avx2[];
extern const struct NamedKernel kernels_avx512[];
#endif

/** Instruction sets that this processor can run, the fastest first. */
static int levels(const char **names, const struct NamedKernel **tables) {
  int count = 0;
#ifdef __x86_64__
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) {
    names[count] = "avx512";
    tables[count++] = kernels_avx512;
  }
  if (__builtin_cpu_supports("avx2")) {
    names[count] = "avx2";
    tables[count++] = kernels_avx2;
  }
#endif
  names[count] = "baseline";
  tables[count++] = kernels_baseline;
  return count;
}

/** A kernel bound to a memory. */
struct Bound {
  const struct NamedKernel *kernel;
  char *memory;
};

static napi_value call(napi_env env, napi_callback_info info) {
  napi_value values[MOST_ARGUMENTS];
  double arguments[MOST_ARGUMENTS];
  size_t count = MOST_ARGUMENTS;
  void *data;
  napi_get_cb_info(env, info, &count, values, NULL, &data);
  const struct Bound *bound = data;
  for (int index = 0; index < bound->kernel->arity; index += 1) {
    if (napi_get_value_double(env, values[index], &arguments[index]) != 0) {
      napi_throw_type_error(env, NULL, "a kernel takes numbers");
      return NULL;
    }
  }
  const double result = bound->kernel->run(bound->memory, arguments);
  napi_value returned = NULL;
  if (bound->kernel->returns) napi_create_double(env, result, &returned);
  return returned;
}

static void release(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free(data);
}

/** bind(bytes, level): the kernels of that level (0 is the fastest) on the memory that `bytes` views. */
static napi_value bind(napi_env env, napi_callback_info info) {
  const char *names[4];
  const struct NamedKernel *tables[4];
  napi_value values[2], result;
  size_t size = 2;
  uint32_t level;
  void *memory = NULL;
  napi_get_cb_info(env, info, &size, values, NULL, NULL);
  if (size < 2 || napi_get_typedarray_info(env, values[0], NULL, NULL, &memory, NULL, NULL) != 0 ||
      memory == NULL || napi_get_value_uint32(env, values[1], &level) != 0 ||
      level >= (uint32_t)levels(names, tables)) {
    napi_throw_type_error(env, NULL, "no memory, or no such level");
    return NULL;
  }
  napi_create_object(env, &result);
  for (const struct NamedKernel *kernel = tables[level]; kernel->name != NULL; kernel += 1) {
    napi_value function;
    struct Bound *bound = malloc(sizeof *bound);
    if (bound == NULL) abort();
    *bound = (struct Bound){kernel, memory};
    napi_create_function(env, kernel->name, ALL, call, bound, &function);
    napi_add_finalizer(env, function, bound, release, NULL, NULL);
    // A function keeps its memory.
    napi_set_named_property(env, function, "bytes", values[0]);
    napi_set_named_property(env, result, kernel->name, function);
  }
  return result;
}

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  const char *names[4];
  const struct NamedKernel *tables[4];
  const int count = levels(names, tables);
  napi_value list, function;
  napi_create_array(env, &list);
  for (int index = 0; index < count; index += 1) {
    napi_value name;
    napi_create_string_utf8(env, names[index], ALL, &name);
    napi_set_element(env, list, index, name);
  }
  napi_set_named_property(env, exports, "levels", list);
  napi_create_function(env, "bind", ALL, bind, NULL, &function);
  napi_set_named_property(env, exports, "bind", function);
  return exports;
}
