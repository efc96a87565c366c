/* How far results of our kernels are from those of plainer ones, for kernels.test.ts. TinyCC compiles it. */
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef void *any;
struct init { size_t size; any memory; char no_alloc; };
enum { F32 = 0, F16 = 1 };

#define FUNCTION(type, name, ...) static type (*name)(__VA_ARGS__)
FUNCTION(any, backend_init, void);
FUNCTION(any, backend_reg_dev_get, any, size_t);
FUNCTION(any, backend_dev_init, any, const char *);
FUNCTION(any, backend_reg_get_proc_address, any, const char *);
FUNCTION(any, init, struct init);
FUNCTION(any, new_tensor_4d, any, int, long, long, long, long);
FUNCTION(any, permute, any, any, int, int, int, int);
FUNCTION(any, mul_mat, any, any, any);
FUNCTION(any, flash_attn_ext, any, any, any, any, any, float, float, float);
FUNCTION(any, new_graph, any);
FUNCTION(void, build_forward_expand, any, any);
FUNCTION(any, backend_buft_alloc_buffer, any, size_t);
FUNCTION(size_t, backend_buft_get_alloc_size, any, any);
FUNCTION(any, backend_buffer_get_base, any);
FUNCTION(void, backend_tensor_alloc, any, any, any);
FUNCTION(any, backend_alloc_ctx_tensors, any, any);
FUNCTION(size_t, quantize_chunk, int, const float *, any, long, long, long, const float *);
FUNCTION(void, fp32_to_fp16_row, const float *, any, long);
FUNCTION(void, fp16_to_fp32_row, any, float *, long);
FUNCTION(size_t, nbytes, any);
FUNCTION(void, backend_tensor_set, any, const void *, size_t, size_t);
FUNCTION(void, backend_tensor_get, any, any, size_t, size_t);
FUNCTION(int, backend_graph_compute, any, any);
FUNCTION(void, log_set, any, any);

static any registry, device, backend;

static void silent(int level, const char *text, any data) {}

#define FIND(library, name) *(any *)&name = dlsym(library, "ggml_" #name)
static void open(const char *base_file, const char *kernels_file) {
  if (backend) return;
  any base = dlopen(base_file, RTLD_NOW), kernels = dlopen(kernels_file, RTLD_NOW);
  FIND(kernels, backend_init);
  FIND(base, backend_reg_dev_get); FIND(base, backend_dev_init); FIND(base, backend_reg_get_proc_address);
  FIND(base, init); FIND(base, new_tensor_4d); FIND(base, permute); FIND(base, mul_mat); FIND(base, flash_attn_ext);
  FIND(base, new_graph); FIND(base, build_forward_expand);
  FIND(base, backend_buft_alloc_buffer); FIND(base, backend_buft_get_alloc_size); FIND(base, backend_buffer_get_base);
  FIND(base, backend_tensor_alloc); FIND(base, backend_alloc_ctx_tensors);
  FIND(base, quantize_chunk); FIND(base, fp32_to_fp16_row); FIND(base, fp16_to_fp32_row);
  FIND(base, nbytes); FIND(base, backend_tensor_set); FIND(base, backend_tensor_get); FIND(base, backend_graph_compute);
  FIND(base, log_set);
  log_set((any)silent, 0);
  registry = backend_init();
  device = backend_reg_dev_get(registry, 0);
  backend = backend_dev_init(device, 0);
  /* More of them would wait for each other where something else computes. */
  ((void (*)(any, int))backend_reg_get_proc_address(registry, "ggml_backend_set_n_threads"))(backend, 1);
}

/* Numbers between -0.5 and 0.5, the same ones each time. */
static float *numbers(long count, unsigned seed) {
  float *all = malloc(sizeof(float) * count);
  for (long i = 0; i < count; i++) {
    seed = seed * 1664525u + 1013904223u;
    all[i] = (seed >> 8) / 16777216.0f - 0.5f;
  }
  return all;
}

/* Rounds numbers to 16 bits, and says them in 16 bits. */
static any rounded(float *all, long count) {
  any halves = malloc(2 * count);
  fp32_to_fp16_row(all, halves, count);
  fp16_to_fp32_row(halves, all, count);
  return halves;
}

static any context(void) {
  struct init room = {1 << 20, 0, 1};
  return init(room);
}

static float *result(any graph, any of) {
  float *all = malloc(nbytes(of));
  backend_graph_compute(backend, graph);
  backend_tensor_get(of, all, 0, nbytes(of));
  return all;
}

/* Relative. */
static double apart(const float *a, const float *b, long count) {
  double differences = 0, all = 0;
  for (long i = 0; i < count; i++) {
    double d = a[i] - b[i];
    differences += d * d;
    all += (double)a[i] * a[i];
  }
  return sqrt(differences / all);
}

/* Repacked weights and plain ones; 2 where the kernels do not repack this type. k: numbers in a row, m: columns, n: rows. */
double repacked(const char *base, const char *kernels, int type, int k, int m, int n) {
  open(base, kernels);
  any *(*extra)(any) = (any *(*)(any))backend_reg_get_proc_address(registry, "ggml_backend_dev_get_extra_bufts");
  float *columns = numbers((long)k * m, 1), *rows = numbers((long)k * n, 2), *results[2];
  for (int is_repacked = 0; is_repacked < 2; is_repacked++) {
    any in = context(), weights = new_tensor_4d(in, type, k, m, 1, 1), given = new_tensor_4d(in, F32, k, n, 1, 1);
    any product = mul_mat(in, weights, given), graph = new_graph(in);
    build_forward_expand(graph, product);
    if (is_repacked) {
      any place = extra(device)[0];
      /* Rows are read in eights, to the end of the last. */
      any buffer = backend_buft_alloc_buffer(place, backend_buft_get_alloc_size(place, weights) + 4096);
      backend_tensor_alloc(buffer, weights, backend_buffer_get_base(buffer));
      /* `extra`, behind a name of 64 bytes, says how it was repacked. */
      if (((any *)weights)[40] == 0) return 2;
    }
    backend_alloc_ctx_tensors(in, backend);
    any packed = malloc(nbytes(weights));
    quantize_chunk(type, columns, packed, 0, m, k, 0);
    backend_tensor_set(weights, packed, 0, nbytes(weights));
    backend_tensor_set(given, rows, 0, nbytes(given));
    results[is_repacked] = result(graph, product);
  }
  return apart(results[0], results[1], (long)m * n);
}

/* Weights of 16 bits and the same in 32. */
double halves(const char *base, const char *kernels, int k, int m, int n) {
  open(base, kernels);
  float *columns = numbers((long)k * m, 1), *rows = numbers((long)k * n, 2), *results[2];
  any packed = rounded(columns, (long)k * m);
  for (int is_half = 0; is_half < 2; is_half++) {
    any in = context(), weights = new_tensor_4d(in, is_half ? F16 : F32, k, m, 1, 1), given = new_tensor_4d(in, F32, k, n, 1, 1);
    any product = mul_mat(in, weights, given), graph = new_graph(in);
    build_forward_expand(graph, product);
    backend_alloc_ctx_tensors(in, backend);
    backend_tensor_set(weights, is_half ? packed : columns, 0, nbytes(weights));
    backend_tensor_set(given, rows, 0, nbytes(given));
    results[is_half] = result(graph, product);
  }
  return apart(results[0], results[1], (long)m * n);
}

/* Keys and values of 16 bits and the same in 32, some of which are not to be seen. Two heads share what is cached. */
double attention(const char *base, const char *kernels, int width, int keys, int streams) {
  open(base, kernels);
  int heads = 4, cached = heads / 2;
  long count = (long)width * cached * keys * streams;
  float *k = numbers(count, 1), *v = numbers(count, 2), *q = numbers((long)width * heads * streams, 3);
  float *mask = numbers((long)keys * streams, 4), *results[2];
  for (long i = 0; i < count; i++) k[i] *= 8;
  for (long i = 0; i < (long)keys * streams; i++) mask[i] = mask[i] < -0.25f || i % keys > keys * 3 / 4 ? -INFINITY : 0;
  any k16 = rounded(k, count), v16 = rounded(v, count), mask16 = rounded(mask, (long)keys * streams);
  for (int is_half = 0; is_half < 2; is_half++) {
    int type = is_half ? F16 : F32;
    any in = context(), k0 = new_tensor_4d(in, type, width, cached, keys, streams), v0 = new_tensor_4d(in, type, width, cached, keys, streams);
    any q0 = new_tensor_4d(in, F32, width, 1, heads, streams), m0 = new_tensor_4d(in, F16, keys, 1, 1, streams);
    any found = flash_attn_ext(in, q0, permute(in, k0, 0, 2, 1, 3), permute(in, v0, 0, 2, 1, 3), m0, 1 / sqrt(width), 0, 0);
    any graph = new_graph(in);
    build_forward_expand(graph, found);
    backend_alloc_ctx_tensors(in, backend);
    backend_tensor_set(k0, is_half ? k16 : k, 0, nbytes(k0));
    backend_tensor_set(v0, is_half ? v16 : v, 0, nbytes(v0));
    backend_tensor_set(q0, q, 0, nbytes(q0));
    backend_tensor_set(m0, mask16, 0, nbytes(m0));
    results[is_half] = result(graph, found);
  }
  return apart(results[0], results[1], (long)width * heads * streams);
}
