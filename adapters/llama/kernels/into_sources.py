"""Puts the headers of this folder into a copy of llama.cpp's sources:  python3 into_sources.py LLAMA_CPP

Where the sources have changed so that it does not fit any more, it says so and ends with 1.
"""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
GUARD = "#ifdef MOULT_K_QUANTS\n"
ARGUMENTS = "(int n, float * GGML_RESTRICT s, size_t bs, const void * GGML_RESTRICT vx, const void * GGML_RESTRICT vy, int nr, int nc) {\n"
NEAREST = "static inline int nearest_int("
ROWS_LEFT = "        for (int iter = nrows - (nrows % 4); iter < nrows; iter++) {\n"
AT_ONCE = """            // All rows that are left over at once.
            if ((std::is_same<BLOC_TYPE, block_q4_K>::value || std::is_same<BLOC_TYPE, block_q6_K>::value) && INTER_SIZE == 8 && NB_COLS == 8) {
                gemv<BLOC_TYPE, INTER_SIZE, NB_COLS, PARAM_TYPE>(ne00, (float *) (dst_ptr + (iter * nb1)) + src0_start, nb1 / nb0,
                                                                 src0_ptr + src0_start * nb01, src1_ptr + (src1_col_stride * iter),
                                                                 nrows - iter, ncols);
                break;
            }
"""
IS_Q6 = "    } else if (cur->type == GGML_TYPE_Q6_K) {\n"
# Words' vectors that serve as the output too would lie in memory twice.
TAKEN = '        if (cur->ne[1] % 8 == 0 && strncmp(cur->name, "token_embd", 10) != 0) return &q6_K_8x8_q8_K;\n'

# Products of floats: numbers that are multiplied with F16 stay as they are, of one row, too, and sums are made of four at once.
FLOATS_HEAD = '#include "ggml-cpu-impl.h"\n'
ROWS_MIN = "    if (n < 2)\n        return false;\n"
ONE_ROW = "    if (n < 2 && !(Atype == GGML_TYPE_F16 && Btype == GGML_TYPE_F32))\n        return false;\n"
SUMS = """        for (int64_t j = 0; j < RN; ++j)
            for (int64_t i = 0; i < RM; ++i)
                C[ldc * (jj + j) + (ii + i)] = hsum(Cv[j][i]);
    }

    template <int RM, int RN, int BM>
"""
# Four rows of weights at once do not come from memory by themselves.
STEP = """        D Cv[RN][RM] = {};
        for (int64_t l = 0; l < k; l += KN) {
            // help compiler for op order.
            if constexpr (RM <= RN) {
                V Av[RM];
                for (int64_t i = 0; i < RM; ++i) {
                    Av[i] = load<V>(A + lda * (ii + i) + l);
"""
STEP_AHEAD = STEP.replace("l += KN) {\n", """l += KN) {
#ifdef MOULT_SUMS_OF_FOUR
            moult::fetch<KN * RM * sizeof(TA)>(A + lda * ii + l * RM);
#endif
""", 1)
SUMS_AT_ONCE = """#ifdef MOULT_SUMS_OF_FOUR
        if constexpr (RM == 4 && moult::CanSumFour<D>::value) {
            for (int64_t j = 0; j < RN; ++j) _mm_storeu_ps(C + ldc * (jj + j) + ii, moult::sums_of_four(Cv[j]));
            return;
        }
#endif
"""
# Attention: the loop over keys that is there stays for what is not ours.
OPS_HEAD = '#include "vec.h"\n'
BEFORE_KEYS = "        // online softmax / attention\n        // loop over n_kv and n_head_kv\n        // ref: https://arxiv.org/pdf/2112.05682.pdf\n\n"
ATTENDED = """        bool attended = false;
#ifdef MOULT_ATTENTION
        if (k->type == GGML_TYPE_F16 && v->type == GGML_TYPE_F16 && logit_softcap == 0.0f) {
            moult::Attended out{ M, S, VKQ32 };
            attended = moult::attention({ pq, (int) DK, scale, mp, slope }, { (const char *) k->data + ik2*nbk2 + ik3*nbk3, (size_t) nbk1 },
                                        { (const char *) v->data + iv2*nbv2 + iv3*nbv3, (size_t) nbv1 }, (int) DV, ic_start, ic_end, out);
            if (attended) { M = out.most; S = out.weights; }
        }
#endif
"""
KEYS = "        for (int64_t ic = ic_start; ic < ic_end; ++ic) {\n            const float mv"
VALUES = "        if (v->type == GGML_TYPE_F16) {\n            for (int64_t d = 0; d < DV; ++d) {"


def half(width, vector):
    """The product of F16 with F16, and before it the one with F32."""
    def case(kind):
        return f"""        if (Btype == GGML_TYPE_{"F16" if kind == "ggml_fp16_t" else "F32"}) {{
            tinyBLAS<{width}, {vector}, {vector}, ggml_fp16_t, {kind}, float> tb{{ params, k,
                (const ggml_fp16_t *)A, lda,
                (const {kind} *)B, ldb,
                (float *)C, ldc}};
            return tb.matmul(m, n);
        }}
"""
    return case("ggml_fp16_t"), f"{case('float')}{case('ggml_fp16_t')}"


def calls(kind, end=""):
    for name in ("gemv", "gemm"):
        head = f"void ggml_{name}_q{kind}_K_8x8_q8_K{end}{ARGUMENTS}"
        yield head, f"{head}{GUARD}    return moult::{name}<moult::Q{kind}>(n, s, bs, vx, vy, nr, nc);\n#endif\n"


def changed(path, pairs):
    text = open(path, encoding="utf-8").read()
    for before, after in pairs:
        if text.count(before) != 1:
            sys.exit(f"{path} is not as expected: {before.strip()}")
        text = text.replace(before, after)
    open(path, "w", encoding="utf-8").write(text)


def main(sources):
    folder = os.path.join(sources, "ggml/src/ggml-cpu")
    for name in ("k_quants.h", "sums_of_four.h", "attention.h"):
        shutil.copy(os.path.join(HERE, name), folder)
    changed(os.path.join(folder, "arch/x86/repack.cpp"), [(NEAREST, f'#include "../../k_quants.h"\n\n{NEAREST}'), *calls(4)])
    kept = [(ROWS_LEFT, f"{ROWS_LEFT}{GUARD}{AT_ONCE}#endif\n"), (IS_Q6, f"{IS_Q6}{GUARD}{TAKEN}#endif\n")]
    changed(os.path.join(folder, "repack.cpp"), [(NEAREST, f'#include "k_quants.h"\n\n{NEAREST}'), *calls(6, "_generic"), *kept])
    floats = [(FLOATS_HEAD, f'{FLOATS_HEAD}#include "../sums_of_four.h"\n'), (ROWS_MIN, ONE_ROW), (STEP, STEP_AHEAD), (SUMS, f"{SUMS_AT_ONCE}{SUMS}")]
    changed(os.path.join(folder, "llamafile/sgemm.cpp"), [*floats, half(16, "__m512"), half(8, "__m256")])
    own = [(KEYS, KEYS.replace("ic < ic_end", "ic < ic_end && !attended")), (VALUES, VALUES.replace("(v->", "(!attended && v->"))]
    changed(os.path.join(folder, "ops.cpp"), [(OPS_HEAD, f'{OPS_HEAD}#include "attention.h"\n'), (BEFORE_KEYS, BEFORE_KEYS + ATTENDED), *own])


if __name__ == "__main__":
    main(sys.argv[1])
