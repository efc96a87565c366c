// Attention of one token to all before it, with keys and values of 16 bits: llama.cpp's own takes one key after the other,
// with a sum, an exponential and values in 16 bits for each. Here as many keys as fit go together, and sums stay in 32 bits.
// into_sources.py puts this into llama.cpp's sources (ops.cpp).
#pragma once
#include "sums_of_four.h"
#include "vec.h"

#ifdef MOULT_SUMS_OF_FOUR
#define MOULT_ATTENTION

#include <algorithm>
#include <cmath>
#include <cstring>

namespace moult {

#if defined(__AVX512F__) && defined(__AVX512DQ__)
using Floats = __m512;
static inline Floats same(float x) { return _mm512_set1_ps(x); }
static inline Floats loaded(const float * x) { return _mm512_loadu_ps(x); }
static inline Floats halves(const ggml_fp16_t * x) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *) x)); }
static inline void store(float * to, Floats x) { _mm512_storeu_ps(to, x); }
static inline Floats times(Floats a, Floats b) { return _mm512_mul_ps(a, b); }
static inline Floats times_plus(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
static inline Floats minus(Floats a, Floats b) { return _mm512_sub_ps(a, b); }
static inline float most_of(Floats x) { return _mm512_reduce_max_ps(x); }
static inline Floats where_above(Floats a, Floats least, Floats x) { return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, least, _CMP_GT_OQ), least, x); }
#else
using Floats = __m256;
static inline Floats same(float x) { return _mm256_set1_ps(x); }
static inline Floats loaded(const float * x) { return _mm256_loadu_ps(x); }
static inline Floats halves(const ggml_fp16_t * x) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *) x)); }
static inline void store(float * to, Floats x) { _mm256_storeu_ps(to, x); }
static inline Floats times(Floats a, Floats b) { return _mm256_mul_ps(a, b); }
static inline Floats times_plus(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
static inline Floats minus(Floats a, Floats b) { return _mm256_sub_ps(a, b); }
static inline float most_of(Floats x) {
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}
static inline Floats where_above(Floats a, Floats least, Floats x) { return _mm256_blendv_ps(least, x, _mm256_cmp_ps(a, least, _CMP_GT_OQ)); }
#endif

constexpr int AT_ONCE = sizeof(Floats) / sizeof(float);
constexpr ggml_fp16_t UNSEEN = 0xfc00; // minus infinity

// Keys or values of one head.
struct Cached {
    const char * data;
    size_t stride; // bytes from one to the next
    inline const ggml_fp16_t * at(int64_t n) const { return (const ggml_fp16_t *) (data + n * stride); }
};

struct Query {
    const float * numbers;
    int width;
    float scale;
    const ggml_fp16_t * mask; // added to each score; minus infinity: not to be seen. May be null.
    float slope;              // of the mask
};

// What was attended to: the highest score, the sum of all weights by it, and the values by their weights.
struct Attended {
    float most, weights;
    float * values;
};

// What is added to the scores from a key on; behind the last there is nothing to be seen.
static inline Floats mask_of(const Query & q, int64_t from, int64_t to) {
    ggml_fp16_t mask[AT_ONCE];
    const int64_t count = std::min<int64_t>(AT_ONCE, to - from);
    std::fill(mask, mask + AT_ONCE, UNSEEN);
    if (q.mask == nullptr) std::fill(mask, mask + count, (ggml_fp16_t) 0);
    else memcpy(mask, q.mask + from, count * sizeof(ggml_fp16_t));
    return times(halves(mask), same(q.slope));
}

static inline Floats scores(const Query & q, const Cached & keys, int64_t from, int64_t last) {
    float found[AT_ONCE];
    for (int key = 0; key < AT_ONCE; key += 4) {
        const ggml_fp16_t * row[4];
        Floats sums[4];
        for (int i = 0; i < 4; i++) {
            row[i] = keys.at(std::min(from + key + i, last));
            sums[i] = same(0);
        }
        for (int n = 0; n < q.width; n += AT_ONCE) {
            const Floats numbers = loaded(q.numbers + n);
            for (int i = 0; i < 4; i++) sums[i] = times_plus(halves(row[i] + n), numbers, sums[i]);
        }
        _mm_storeu_ps(found + key, sums_of_four(sums));
    }
    return loaded(found);
}

template <int WIDTH> static void attend(const Query & q, const Cached & keys, const Cached & values, int64_t from, int64_t to, Attended & out) {
    constexpr int PARTS = WIDTH / AT_ONCE;
    const Floats unseen = same(-INFINITY);
    Floats sums[PARTS];
    for (int part = 0; part < PARTS; part++) sums[part] = same(0);
    for (int64_t at = from; at < to; at += AT_ONCE) {
        const Floats mask = mask_of(q, at, to);
        if (most_of(mask) == -INFINITY) continue;
        const Floats all = where_above(mask, unseen, times_plus(scores(q, keys, at, to - 1), same(q.scale), mask));
        const float most = most_of(all);
        if (most > out.most) {
            const float less = expf(out.most - most);
            for (int part = 0; part < PARTS; part++) sums[part] = times(sums[part], same(less));
            out.weights *= less;
            out.most = most;
        }
        float found[AT_ONCE];
        store(found, ggml_v_expf(minus(all, same(out.most))));
        for (int key = 0; key < AT_ONCE; key++) {
            if (found[key] == 0) continue;
            out.weights += found[key];
            const ggml_fp16_t * row = values.at(at + key);
            for (int part = 0; part < PARTS; part++) sums[part] = times_plus(halves(row + AT_ONCE * part), same(found[key]), sums[part]);
        }
    }
    for (int part = 0; part < PARTS; part++) store(out.values + AT_ONCE * part, sums[part]);
}

// false: not for a head of this shape; nothing was done then.
static inline bool attention(const Query & q, const Cached & keys, const Cached & values, int width, int64_t from, int64_t to, Attended & out) {
    if (q.width % AT_ONCE != 0) return false;
    switch (width) {
        case 32: attend<32>(q, keys, values, from, to, out); return true;
        case 64: attend<64>(q, keys, values, from, to, out); return true;
        case 80: attend<80>(q, keys, values, from, to, out); return true;
        case 96: attend<96>(q, keys, values, from, to, out); return true;
        case 128: attend<128>(q, keys, values, from, to, out); return true;
        case 256: attend<256>(q, keys, values, from, to, out); return true;
        default: return false;
    }
}

} // namespace moult
#endif
