// The parts of the transformer that PyTorch is slow at on a CPU: norm, rotary embedding, softmax and
// SwiGLU, forward and backward, fused, on bfloat16. The matrix products stay in PyTorch (oneDNN).
// model.py compiles this file and calls it through ctypes; nothing here knows about Python.
//
// Shapes: n, B, T = rows, batch, time; H heads of D numbers; all arrays are dense and row-major.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

typedef uint16_t bf16;  // the upper half of a float32

static inline float load(bf16 x) {
  uint32_t bits = (uint32_t)x << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static inline bf16 store(float x) {  // rounds to nearest, ties to even
  uint32_t bits;
  memcpy(&bits, &x, 4);
  bits += 0x7fff + ((bits >> 16) & 1);
  return bits >> 16;
}

extern "C" {

// y = x / rms(x) * weight; keeps 1/rms for the way back.
void rms_forward(const bf16 *x, const float *weight, bf16 *y, float *inverse, long n, int d, float eps) {
  for (long i = 0; i < n; i++) {
    const bf16 *row = x + i * d;
    bf16 *out = y + i * d;
    float squares = 0;
    for (int j = 0; j < d; j++) {
      float value = load(row[j]);
      squares += value * value;
    }
    float r = 1.f / sqrtf(squares / d + eps);
    inverse[i] = r;
    for (int j = 0; j < d; j++) out[j] = store(load(row[j]) * r * weight[j]);
  }
}

void rms_backward(const bf16 *x, const float *weight, const float *inverse, const bf16 *grad_y, bf16 *grad_x,
                  float *grad_weight, long n, int d) {
  for (long i = 0; i < n; i++) {
    const bf16 *row = x + i * d, *g = grad_y + i * d;
    bf16 *out = grad_x + i * d;
    float r = inverse[i], dot = 0;
    for (int j = 0; j < d; j++) {
      float gj = load(g[j]), xj = load(row[j]);
      dot += gj * weight[j] * xj;
      grad_weight[j] += gj * xj * r;
    }
    dot *= r * r * r / d;
    for (int j = 0; j < d; j++) out[j] = store(load(g[j]) * weight[j] * r - load(row[j]) * dot);
  }
}

// x = [gate | up] of width 2h; y = silu(gate) * up.
void swiglu_forward(const bf16 *x, bf16 *y, long n, int h) {
  for (long i = 0; i < n; i++) {
    const bf16 *gate = x + i * 2 * h, *up = gate + h;
    bf16 *out = y + i * h;
    for (int j = 0; j < h; j++) {
      float a = load(gate[j]);
      out[j] = store(a / (1.f + expf(-a)) * load(up[j]));
    }
  }
}

void swiglu_backward(const bf16 *x, const bf16 *grad_y, bf16 *grad_x, long n, int h) {
  for (long i = 0; i < n; i++) {
    const bf16 *gate = x + i * 2 * h, *up = gate + h, *g = grad_y + i * h;
    bf16 *out = grad_x + i * 2 * h;
    for (int j = 0; j < h; j++) {
      float a = load(gate[j]), s = 1.f / (1.f + expf(-a)), gj = load(g[j]);
      out[j] = store(gj * load(up[j]) * s * (1.f + a * (1.f - s)));
      out[h + j] = store(gj * a * s);
    }
  }
}

// [B, T, 3*H*D] -> q, k, v [B, H, T, D]; rotates neighbouring pairs of q and k, which is the layout that
// llama.cpp expects of the llama architecture, so that export needs no permutation. cosine, sine: [positions, D/2];
// place [B, T] is each token's position, which is not its index when several dialogues share one beginning.
void split_rotate(const bf16 *x, bf16 *q, bf16 *k, bf16 *v, const float *cosine, const float *sine, const int *place,
                  long B, int T, int H, int D) {
  for (long bt = 0; bt < B * T; bt++) {
    long b = bt / T;
    int t = bt % T;
    const bf16 *row = x + bt * 3 * H * D;
    const float *c = cosine + place[bt] * (D / 2), *s = sine + place[bt] * (D / 2);
    for (int h = 0; h < H; h++) {
      long o = ((b * H + h) * T + t) * (long)D;
      const bf16 *rq = row + h * D, *rk = row + (H + h) * D;
      for (int j = 0; j < D / 2; j++) {
        float x0 = load(rq[2 * j]), x1 = load(rq[2 * j + 1]);
        q[o + 2 * j] = store(x0 * c[j] - x1 * s[j]);
        q[o + 2 * j + 1] = store(x0 * s[j] + x1 * c[j]);
        x0 = load(rk[2 * j]);
        x1 = load(rk[2 * j + 1]);
        k[o + 2 * j] = store(x0 * c[j] - x1 * s[j]);
        k[o + 2 * j + 1] = store(x0 * s[j] + x1 * c[j]);
      }
      memcpy(v + o, row + (2 * H + h) * D, D * 2);
    }
  }
}

// The way back of split_rotate: rotates by the negative angle.
void merge_rotate(bf16 *x, const bf16 *q, const bf16 *k, const bf16 *v, const float *cosine, const float *sine,
                  const int *place, long B, int T, int H, int D) {
  for (long bt = 0; bt < B * T; bt++) {
    long b = bt / T;
    int t = bt % T;
    bf16 *row = x + bt * 3 * H * D;
    const float *c = cosine + place[bt] * (D / 2), *s = sine + place[bt] * (D / 2);
    for (int h = 0; h < H; h++) {
      long o = ((b * H + h) * T + t) * (long)D;
      bf16 *rq = row + h * D, *rk = row + (H + h) * D;
      for (int j = 0; j < D / 2; j++) {
        float x0 = load(q[o + 2 * j]), x1 = load(q[o + 2 * j + 1]);
        rq[2 * j] = store(x0 * c[j] + x1 * s[j]);
        rq[2 * j + 1] = store(-x0 * s[j] + x1 * c[j]);
        x0 = load(k[o + 2 * j]);
        x1 = load(k[o + 2 * j + 1]);
        rk[2 * j] = store(x0 * c[j] + x1 * s[j]);
        rk[2 * j + 1] = store(-x0 * s[j] + x1 * c[j]);
      }
      memcpy(row + (2 * H + h) * D, v + o, D * 2);
    }
  }
}

// What a query at time t sees: the shared beginning [0, until) and its own dialogue [from, t].
struct Sight {
  int until, from, end;
  Sight(const int *first, const int *shared, long b, int T, int t) {
    from = first[b * T + t];
    until = std::min(from, shared[b]);
    end = t + 1;
  }
};

// Softmax in place of scores [B*H, rows, width]: row i is the query at time start + i.
void softmax_causal(bf16 *scores, const int *first, const int *shared, long B, int H, int T, int rows, int width,
                    int start, float scale) {
  float row[4096];
  for (long i = 0; i < B * H * rows; i++) {
    Sight see(first, shared, i / rows / H, T, start + i % rows);
    bf16 *a = scores + i * width;
    float top = -1e30f, sum = 0;
    for (int j = 0; j < see.until; j++) top = std::max(top, row[j] = load(a[j]) * scale);
    for (int j = see.from; j < see.end; j++) top = std::max(top, row[j] = load(a[j]) * scale);
    for (int j = 0; j < see.until; j++) sum += row[j] = expf(row[j] - top);
    for (int j = see.from; j < see.end; j++) sum += row[j] = expf(row[j] - top);
    sum = 1.f / sum;
    for (int j = 0; j < see.until; j++) a[j] = store(row[j] * sum);
    for (int j = see.from; j < see.end; j++) a[j] = store(row[j] * sum);
    memset(a + see.until, 0, (see.from - see.until) * 2);
    memset(a + see.end, 0, (width - see.end) * 2);
  }
}

// grad holds d/d(probabilities) and becomes d/d(scores), in place. What is not seen has probability 0.
void softmax_backward(const bf16 *probabilities, bf16 *grad, const int *first, const int *shared, long B, int H, int T,
                      int rows, int width, int start, float scale) {
  for (long i = 0; i < B * H * rows; i++) {
    Sight see(first, shared, i / rows / H, T, start + i % rows);
    const bf16 *p = probabilities + i * width;
    bf16 *g = grad + i * width;
    float dot = 0;
    for (int j = 0; j < see.until; j++) dot += load(p[j]) * load(g[j]);
    for (int j = see.from; j < see.end; j++) dot += load(p[j]) * load(g[j]);
    for (int j = 0; j < see.until; j++) g[j] = store(load(p[j]) * (load(g[j]) - dot) * scale);
    for (int j = see.from; j < see.end; j++) g[j] = store(load(p[j]) * (load(g[j]) - dot) * scale);
    memset(g + see.until, 0, (see.from - see.until) * 2);
    memset(g + see.end, 0, (width - see.end) * 2);
  }
}

// [B, H, T, D] -> [B, T, H*D] and back.
void join_heads(const bf16 *x, bf16 *y, long B, int T, int H, int D) {
  for (long bt = 0; bt < B * T; bt++)
    for (int h = 0; h < H; h++)
      memcpy(y + (bt * H + h) * D, x + ((bt / T * H + h) * T + bt % T) * (long)D, D * 2);
}

void part_heads(const bf16 *x, bf16 *y, long B, int T, int H, int D) {
  for (long bt = 0; bt < B * T; bt++)
    for (int h = 0; h < H; h++)
      memcpy(y + ((bt / T * H + h) * T + bt % T) * (long)D, x + (bt * H + h) * D, D * 2);
}
}
