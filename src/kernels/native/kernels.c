// The kernels for one instruction set: LANES and the compiler's flags say which, KERNELS is the table's name.
// Kernels that are not in the table stay WebAssembly.
#include "compressed.h"
#include "items.h"
#include "layers.h"
#include "losses.h"
#include "products.h"
#include "reductions.h"
#include "selection.h"
#include "vectors.h"
#include "windows.h"

#define GIVES_NOTHING(arity, name) {#name, arity, 0, name}
#define GIVES_NUMBER(arity, name) {#name, arity, 1, name}

const struct NamedKernel KERNELS[] = {
    GIVES_NUMBER(5, packRows),
    GIVES_NOTHING(4, packColumns),
    GIVES_NOTHING(8, multiplyPanels),
    GIVES_NOTHING(7, multiplyCompressed),
    GIVES_NOTHING(6, transposeCompressed),
    GIVES_NOTHING(5, scatterCompressed),
    GIVES_NOTHING(6, gatherPixels),
    GIVES_NOTHING(6, gatherFloats),
    GIVES_NOTHING(8, gatherCompressedPixels),
    GIVES_NOTHING(8, gatherCompressedFloats),
    GIVES_NUMBER(2, countPixels),
    GIVES_NUMBER(7, compressPixels),
    GIVES_NOTHING(11, multiplyWindows),
    GIVES_NOTHING(8, accumulateWindows),
    GIVES_NOTHING(4, addBiases),
    GIVES_NOTHING(3, exponentials),
    GIVES_NUMBER(5, crossEntropyGradient),
    GIVES_NOTHING(2, rectify),
    GIVES_NOTHING(3, rectifyGradient),
    GIVES_NOTHING(4, sumRows),
    GIVES_NOTHING(5, addScaled),
    GIVES_NUMBER(5, addScaledFinite),
    GIVES_NOTHING(4, scale),
    GIVES_NUMBER(2, allFinite),
    GIVES_NOTHING(5, sumDivided),
    GIVES_NOTHING(5, weightedSumOf),
    GIVES_NOTHING(6, weightedSumAndDistances),
    GIVES_NOTHING(3, groupMeansOf),
    GIVES_NOTHING(4, majoritySignOf),
    GIVES_NOTHING(4, addSquares),
    GIVES_NUMBER(2, squaredNorm),
    GIVES_NUMBER(3, dot),
    GIVES_NUMBER(3, squaredDistance),
    GIVES_NOTHING(5, gramOf),
    GIVES_NOTHING(9, medianOf),
    GIVES_NOTHING(9, rankMeanOf),
    GIVES_NOTHING(10, nearestMeanOf),
    {0},
};
