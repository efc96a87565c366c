// The sums of four vectors at once: products of F16, BF16 and F32 (llamafile/sgemm.cpp) end with sums, and with short rows
// they end often. into_sources.py puts this into llama.cpp's sources.
#pragma once

#if defined(__AVX512F__) || (defined(__AVX2__) && defined(__F16C__))
#define MOULT_SUMS_OF_FOUR
#include <immintrin.h>

#include <type_traits>

namespace moult {

constexpr int FETCHED_AHEAD = 16384; // bytes

// So many bytes will be read soon.
template <int BYTES> static inline void fetch(const void * before) {
    for (int byte = 0; byte < BYTES; byte += 64) _mm_prefetch((const char *) before + FETCHED_AHEAD + byte, _MM_HINT_T1);
}

static inline __m128 sum(__m256 x) { return _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1)); }

template <typename D> struct CanSumFour : std::false_type {};
template <> struct CanSumFour<__m256> : std::true_type {};

// In each part of 128 bits: those of a, b, c and d.
static inline __m128 sums_of_four(const __m256 (&x)[4]) {
    const __m256 ab = _mm256_add_ps(_mm256_unpacklo_ps(x[0], x[1]), _mm256_unpackhi_ps(x[0], x[1]));
    const __m256 cd = _mm256_add_ps(_mm256_unpacklo_ps(x[2], x[3]), _mm256_unpackhi_ps(x[2], x[3]));
    return sum(_mm256_add_ps(_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xee)));
}

#if defined(__AVX512F__)
template <> struct CanSumFour<__m512> : std::true_type {};

static inline __m128 sums_of_four(const __m512 (&x)[4]) {
    const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps(x[0], x[1]), _mm512_unpackhi_ps(x[0], x[1]));
    const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps(x[2], x[3]), _mm512_unpackhi_ps(x[2], x[3]));
    const __m512 all = _mm512_add_ps(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xee));
    return sum(_mm256_add_ps(_mm512_castps512_ps256(all), _mm512_extractf32x8_ps(all, 1)));
}
#endif

} // namespace moult
#endif
