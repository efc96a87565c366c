/* How far the product of repacked weights is from that of plain ones, for kernels.test.ts. TinyCC compiles it. */
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef void *any;
struct init { size_t size; any memory; char no_alloc; };
enum { F32 = 0, WEIGHTS = 1 };

#define FUNCTION(library, type, name, ...) type (*name)(__VA_ARGS__) = (type (*)(__VA_ARGS__))dlsym(library, "ggml_" #name)

/* Numbers between -0.5 and 0.5, the same ones each time. */
static float *numbers(long count, unsigned seed) {
  float *all = malloc(sizeof(float) * count);
  for (long i = 0; i < count; i++) {
    seed = seed * 1664525u + 1013904223u;
    all[i] = (seed >> 8) / 16777216.0f - 0.5f;
  }
  return all;
}

static void silent(int level, const char *text, any data) {}

/* Relative distance of both results; 2 where the kernels do not repack this type. k: numbers in a row, m: columns, n: rows. */
double distance(const char *base_file, const char *kernels_file, int type, int k, int m, int n) {
  any base = dlopen(base_file, RTLD_NOW), kernels = dlopen(kernels_file, RTLD_NOW);
  FUNCTION(kernels, any, backend_init, void);
  FUNCTION(base, any, backend_reg_dev_get, any, size_t);
  FUNCTION(base, any, backend_dev_init, any, const char *);
  FUNCTION(base, any, backend_reg_get_proc_address, any, const char *);
  FUNCTION(base, any, init, struct init);
  FUNCTION(base, any, new_tensor_2d, any, int, long, long);
  FUNCTION(base, any, mul_mat, any, any, any);
  FUNCTION(base, any, new_graph, any);
  FUNCTION(base, void, build_forward_expand, any, any);
  FUNCTION(base, any, backend_buft_alloc_buffer, any, size_t);
  FUNCTION(base, size_t, backend_buft_get_alloc_size, any, any);
  FUNCTION(base, any, backend_buffer_get_base, any);
  FUNCTION(base, void, backend_tensor_alloc, any, any, any);
  FUNCTION(base, any, backend_alloc_ctx_tensors, any, any);
  FUNCTION(base, size_t, quantize_chunk, int, const float *, any, long, long, long, const float *);
  FUNCTION(base, size_t, nbytes, any);
  FUNCTION(base, void, backend_tensor_set, any, const void *, size_t, size_t);
  FUNCTION(base, void, backend_tensor_get, any, any, size_t, size_t);
  FUNCTION(base, int, backend_graph_compute, any, any);
  FUNCTION(base, void, log_set, any, any);

  log_set((any)silent, 0);
  any registry = backend_init(), device = backend_reg_dev_get(registry, 0), backend = backend_dev_init(device, 0);
  any *(*extra)(any) = (any *(*)(any))backend_reg_get_proc_address(registry, "ggml_backend_dev_get_extra_bufts");
  float *columns = numbers((long)k * m, 1), *rows = numbers((long)k * n, 2), *results[2];
  for (int repacked = 0; repacked < 2; repacked++) {
    struct init room = {1 << 20, 0, 1};
    any context = init(room), weights = new_tensor_2d(context, type, k, m), given = new_tensor_2d(context, F32, k, n);
    any product = mul_mat(context, weights, given), graph = new_graph(context);
    build_forward_expand(graph, product);
    if (repacked) {
      any place = extra(device)[0];
      /* Rows are read in eights, to the end of the last. */
      any buffer = backend_buft_alloc_buffer(place, backend_buft_get_alloc_size(place, weights) + 4096);
      backend_tensor_alloc(buffer, weights, backend_buffer_get_base(buffer));
      /* `extra`, behind a name of 64 bytes, says how it was repacked. */
      if (((any *)weights)[40] == 0) return 2;
    }
    backend_alloc_ctx_tensors(context, backend);
    any packed = malloc(nbytes(weights));
    quantize_chunk(type, columns, packed, 0, m, k, 0);
    backend_tensor_set(weights, packed, 0, nbytes(weights));
    backend_tensor_set(given, rows, 0, sizeof(float) * k * n);
    backend_graph_compute(backend, graph);
    results[repacked] = malloc(sizeof(float) * m * n);
    backend_tensor_get(product, results[repacked], 0, sizeof(float) * m * n);
  }
  double apart = 0, all = 0;
  for (long i = 0; i < (long)m * n; i++) {
    double d = results[0][i] - results[1][i];
    apart += d * d;
    all += (double)results[0][i] * results[0][i];
  }
  return sqrt(apart / all);
}
