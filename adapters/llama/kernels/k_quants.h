// Products of Q4_K and Q6_K weights with one row or with many, for processors with AVX512-VNNI. llama.cpp's own for Q4_K
// shuffle all weights and numbers, and multiply and add in two steps; for Q6_K it takes one row at a time. Here one
// instruction multiplies and adds 64 numbers as they lie, and a weight is unpacked once for four rows. The layout is
// llama.cpp's (repack.h): of eight columns eight bytes each in turn. into_sources.py puts this into its sources.
#pragma once

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512VNNI__)
#define MOULT_K_QUANTS

namespace moult {

constexpr int COLUMNS = 8;       // of a block
constexpr int CHUNK = 64;        // bytes: eight numbers of each of eight columns
constexpr int AHEAD = 16384;     // bytes that are on their way from memory; into the second cache, the first is too small
constexpr int ROWS_AT_ONCE = 64; // rows which stay near while all columns pass by

// One number for each column -> in 32 bits, twice, as the two halves of a column's products lie.
static inline __m512i twice(__m512i columns) { return _mm512_shuffle_epi32(columns, _MM_PERM_CCAA); }
static inline __m256i floats_of(const ggml_half * x) { return _mm256_castps_si256(_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *) x))); }
static inline __m512 floats(const ggml_half * first, const ggml_half * second) {
    return _mm512_castsi512_ps(_mm512_inserti32x8(_mm512_castsi256_si512(floats_of(first)), floats_of(second), 1));
}
static inline __m256i beside(__m128i first_a, __m128i second_a, __m128i first_b, __m128i second_b) {
    return _mm256_set_m128i(_mm_unpacklo_epi8(first_b, second_b), _mm_unpacklo_epi8(first_a, second_a));
}

// 4 bits and a minimum to be taken off: parts of 32 numbers, each with a scale and a minimum.
struct Q4 {
    using Block = block_q4_Kx8;
    static constexpr int PARTS = 8, PAIRS = 4, SUMS = 4; // pairs of numbers taken off, and sums of 16 that belong to a pair

    static inline __m512i weights(const Block & b, int part, int chunk) {
        const __m512i both = _mm512_loadu_si512(b.qs + (part / 2 * 4 + chunk) * CHUNK);
        return _mm512_and_si512(part % 2 ? _mm512_srli_epi16(both, 4) : both, _mm512_set1_epi8(0x0f));
    }
    // 16 products of at most 15 * 128 fit into 16 bits; what is above them is multiplied by 0.
    static inline __m512i scaled(__m512i sum, __m512i part, __m512i scale) { return _mm512_dpwssd_epi32(sum, part, scale); }

    template <int BLOCKS> static inline void read(const Block * const * b, __m512i (&scale)[BLOCKS][PARTS], __m512i (&off)[PAIRS], __m512 & d, __m512 & d_off) {
        __m128i least[BLOCKS][PARTS];
        for (int v = 0; v < BLOCKS; v++)
            for (int s = 0; s < PARTS; s++) {
                uint32_t packed[3];
                memcpy(packed, b[v]->scales + s * 12, 12);
                const uint32_t high[2] = { (packed[0] >> 6 & 0x03030303) << 4, (packed[1] >> 6 & 0x03030303) << 4 };
                const uint64_t scales = (packed[0] & 0x3f3f3f3f) | (uint64_t) ((packed[2] & 0x0f0f0f0f) | high[0]) << 32;
                const uint64_t mins = (packed[1] & 0x3f3f3f3f) | (uint64_t) ((packed[2] >> 4 & 0x0f0f0f0f) | high[1]) << 32;
                scale[v][s] = twice(_mm512_cvtepu8_epi64(_mm_cvtsi64_si128((long long) scales)));
                least[v][s] = _mm_cvtsi64_si128((long long) mins);
            }
        for (int p = 0; p < PAIRS; p++)
            off[p] = _mm512_cvtepu8_epi16(beside(least[0][2 * p], least[0][2 * p + 1], least[BLOCKS - 1][2 * p], least[BLOCKS - 1][2 * p + 1]));
        d = floats(b[0]->d, b[BLOCKS - 1]->d);
        d_off = floats(b[0]->dmin, b[BLOCKS - 1]->dmin);
    }
};

// 6 bits, of which 32 is to be taken off: parts of 16 numbers, each with a scale.
struct Q6 {
    using Block = block_q6_Kx8;
    static constexpr int PARTS = 16, PAIRS = 8, SUMS = 2;

    static inline __m512i weights(const Block & b, int part, int chunk) {
        const int half = part / 8, quarter = part % 8 / 2, at = part % 2 * 2 + chunk;
        const __m512i low = _mm512_loadu_si512(b.ql + (half * 8 + quarter % 2 * 4 + at) * CHUNK);
        const __m512i high = _mm512_loadu_si512(b.qh + (half * 4 + at) * CHUNK);
        const __m512i four = _mm512_and_si512(quarter < 2 ? low : _mm512_srli_epi16(low, 4), _mm512_set1_epi8(0x0f));
        const __m512i two = quarter < 2 ? _mm512_slli_epi16(high, 4 - 2 * quarter) : _mm512_srli_epi16(high, 2 * quarter - 4);
        return _mm512_or_si512(four, _mm512_and_si512(two, _mm512_set1_epi8(0x30)));
    }
    static inline __m512i scaled(__m512i sum, __m512i part, __m512i scale) { return _mm512_add_epi32(sum, _mm512_mullo_epi32(part, scale)); }

    template <int BLOCKS> static inline void read(const Block * const * b, __m512i (&scale)[BLOCKS][PARTS], __m512i (&off)[PAIRS], __m512 & d, __m512 & d_off) {
        const auto scales = [&](int v, int s) { return _mm_loadl_epi64((const __m128i *) (b[v]->scales + s * COLUMNS)); };
        for (int v = 0; v < BLOCKS; v++)
            for (int s = 0; s < PARTS; s++) scale[v][s] = twice(_mm512_cvtepi8_epi64(scales(v, s)));
        for (int p = 0; p < PAIRS; p++)
            off[p] = _mm512_cvtepi8_epi16(beside(scales(0, 2 * p), scales(0, 2 * p + 1), scales(BLOCKS - 1, 2 * p), scales(BLOCKS - 1, 2 * p + 1)));
        d = floats(b[0]->d, b[BLOCKS - 1]->d);
        d_off = _mm512_mul_ps(d, _mm512_set1_ps(32));
    }
};

// Rows in fours, as gemm has them; r < 4.
struct Fours {
    const block_q8_Kx4 * a;
    int nb;
    inline const int8_t * numbers(int r, int l, int chunk) const { return a[l].qs + chunk * 32 + r * 8; }
    inline const int16_t * sums(int r, int l, int at) const { return a[l].bsums + at / 4 * 16 + r * 4 + at % 4; }
    inline float d(int r, int l) const { return a[l].d[r]; }
};

// Rows one after the other, as gemv has them.
struct Singles {
    const block_q8_K * a;
    int nb;
    inline const int8_t * numbers(int r, int l, int chunk) const { return a[r * nb + l].qs + chunk * 8; }
    inline const int16_t * sums(int r, int l, int at) const { return a[r * nb + l].bsums + at; }
    inline float d(int r, int l) const { return a[r * nb + l].d; }
};

// Eight numbers of a row, for each column the same.
static inline __m512i eight(const int8_t * at) {
    int64_t numbers;
    memcpy(&numbers, at, 8);
    return _mm512_set1_epi64(numbers);
}

// Sums of 16 numbers -> those of two parts, as a pair of 16 bits.
template <int SUMS> static inline __m512i pair(const int16_t * at) {
    const uint16_t first = (uint16_t) (SUMS == 4 ? at[0] + at[1] : at[0]), second = (uint16_t) (SUMS == 4 ? at[2] + at[3] : at[1]);
    return _mm512_set1_epi32((int32_t) (first | (uint32_t) second << 16));
}

// R rows against 16 columns, or against eight: few rows wait for memory, which comes faster from one place at a time.
template <int R, int BLOCKS, typename Q, typename Rows>
static inline void tile(const Rows & rows, const typename Q::Block * const * columns, int nb, float * s, size_t bs) {
    constexpr int CHUNKS = 32 / Q::PARTS;
    const __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    const __m512i odd = _mm512_or_si512(even, _mm512_set1_epi32(1));
    __m512 sum[R];
    for (int r = 0; r < R; r++) sum[r] = _mm512_setzero_ps();
    for (int l = 0; l < nb; l++) {
        const typename Q::Block * b[2] = { columns[0] + l, columns[BLOCKS - 1] + l };
        if (BLOCKS == 1)
            for (size_t byte = 0; byte < sizeof(typename Q::Block); byte += 64) _mm_prefetch((const char *) b[0] + AHEAD + byte, _MM_HINT_T1);
        __m512i scale[BLOCKS][Q::PARTS], off[Q::PAIRS], products[R][BLOCKS];
        __m512 d_columns, d_off;
        Q::template read<BLOCKS>(b, scale, off, d_columns, d_off);
        for (int r = 0; r < R; r++)
            for (int v = 0; v < BLOCKS; v++) products[r][v] = _mm512_setzero_si512();
#pragma GCC unroll 16
        for (int part = 0; part < Q::PARTS; part++) {
            __m512i weights[BLOCKS][CHUNKS];
            for (int v = 0; v < BLOCKS; v++)
                for (int chunk = 0; chunk < CHUNKS; chunk++) weights[v][chunk] = Q::weights(*b[v], part, chunk);
            for (int r = 0; r < R; r++) {
                __m512i product[BLOCKS];
                for (int v = 0; v < BLOCKS; v++) product[v] = _mm512_setzero_si512();
                for (int chunk = 0; chunk < CHUNKS; chunk++) {
                    const __m512i numbers = eight(rows.numbers(r, l, part * CHUNKS + chunk));
                    for (int v = 0; v < BLOCKS; v++) product[v] = _mm512_dpbusd_epi32(product[v], weights[v][chunk], numbers);
                }
                for (int v = 0; v < BLOCKS; v++) products[r][v] = Q::scaled(products[r][v], product[v], scale[v][part]);
            }
        }
        for (int r = 0; r < R; r++) {
            __m512i too_much = _mm512_setzero_si512();
            for (int p = 0; p < Q::PAIRS; p++) too_much = _mm512_dpwssd_epi32(too_much, off[p], pair<Q::SUMS>(rows.sums(r, l, p * Q::SUMS)));
            const __m512i first = products[r][0], second = products[r][BLOCKS - 1];
            const __m512i all = _mm512_add_epi32(_mm512_permutex2var_epi32(first, even, second), _mm512_permutex2var_epi32(first, odd, second));
            const __m512 d = _mm512_set1_ps(rows.d(r, l));
            sum[r] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(all), _mm512_mul_ps(d_columns, d), sum[r]);
            sum[r] = _mm512_fnmadd_ps(_mm512_cvtepi32_ps(too_much), _mm512_mul_ps(d_off, d), sum[r]);
        }
    }
    for (int r = 0; r < R; r++) {
        if (BLOCKS == 2) _mm512_storeu_ps(s + r * bs, sum[r]);
        else _mm256_storeu_ps(s + r * bs, _mm512_castps512_ps256(sum[r]));
    }
}

template <int R, typename Q, typename Rows>
static inline void columns(const Rows & rows, const typename Q::Block * b, float * s, size_t bs, int x, int nc) {
    const typename Q::Block * first = b + (int64_t) (x / COLUMNS) * rows.nb;
    const typename Q::Block * both[2] = { first, first + rows.nb };
    if (R == 4 && nc - x >= 2 * COLUMNS) tile<R, 2, Q>(rows, both, rows.nb, s + x, bs);
    else tile<R, 1, Q>(rows, both, rows.nb, s + x, bs);
}

// Of `nr` rows, a multiple of four. n: numbers in a row; bs: floats from one row of the result to the next.
template <typename Q> static void gemm(int n, float * s, size_t bs, const void * vx, const void * vy, int nr, int nc) {
    const int nb = n / QK_K;
    const block_q8_Kx4 * a = (const block_q8_Kx4 *) vy;
    for (int from = 0; from < nr; from += ROWS_AT_ONCE) {
        const int to = nr - from < ROWS_AT_ONCE ? nr : from + ROWS_AT_ONCE;
        for (int x = 0; x < nc; x += 2 * COLUMNS)
            for (int y = from; y < to; y += 4)
                columns<4, Q>(Fours{ a + (int64_t) (y / 4) * nb, nb }, (const typename Q::Block *) vx, s + y * bs, bs, x, nc);
    }
}

// Of one to three rows.
template <typename Q> static void gemv(int n, float * s, size_t bs, const void * vx, const void * vy, int nr, int nc) {
    const Singles rows{ (const block_q8_K *) vy, n / QK_K };
    const typename Q::Block * b = (const typename Q::Block *) vx;
    for (int x = 0; x < nc; x += COLUMNS) {
        if (nr == 3) columns<3, Q>(rows, b, s, bs, x, nc);
        else if (nr == 2) columns<2, Q>(rows, b, s, bs, x, nc);
        else columns<1, Q>(rows, b, s, bs, x, nc);
    }
}

} // namespace moult
#endif
