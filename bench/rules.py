"""Milliseconds of numpy, and of byzfl on numpy and on torch inputs, for rules over n vectors.

    rules.py LENGTH N:F...    prints {n: {"numpy": {rule: ms}, "byzfl": {rule: ms} or null}}, for byzfl
                              the less of its two kinds of input; torch takes one thread
"""

import json
import sys
import time
from pathlib import Path

import numpy

sys.path.append(str(Path(__file__).parent.parent / "test" / "golden"))
try:
    import byzfl_rules as byzfl
except ImportError:
    byzfl = None
try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None


def best(work):
    """The least of several passes, of fewer where one takes long."""
    start = time.perf_counter()
    work()
    passes = max(2, min(15, int(1 / (time.perf_counter() - start))))
    least = float("inf")
    for _ in range(passes):
        start = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - start)
    return least * 1000


def squared_distances(x):
    products = x @ x.T
    norms = products.diagonal()
    return norms[:, None] + norms - 2 * products


def krum(x, f):
    distances = squared_distances(x)
    numpy.fill_diagonal(distances, numpy.inf)
    return x[numpy.sort(distances)[:, : len(x) - f - 2].sum(axis=1).argmin()]


def nearest_neighbor_mixing(x, f):
    n = len(x)
    nearest = numpy.argpartition(squared_distances(x), n - f - 1)[:, : n - f]
    weights = numpy.zeros((n, n), numpy.float32)
    numpy.put_along_axis(weights, nearest, numpy.float32(1 / (n - f)), axis=1)
    return weights @ x


def mean_around_median(x, f):
    order = numpy.argpartition(numpy.abs(x - numpy.median(x, axis=0)), len(x) - f - 1, axis=0)
    return numpy.take_along_axis(x, order[: len(x) - f], axis=0).mean(axis=0)


def geometric_median(x):
    centre = numpy.zeros_like(x[0])
    for _ in range(3):
        weights = 1 / numpy.maximum(0.1, numpy.linalg.norm(x - centre, axis=1))
        centre = weights / weights.sum() @ x
    return centre


def centered_clipping(x):
    return (x * numpy.minimum(1, 10 / numpy.linalg.norm(x, axis=1))[:, None]).mean(axis=0)


length, *sizes = sys.argv[1:]
generator = numpy.random.default_rng(1)
times = {}
for n, f in (map(int, size.split(":")) for size in sizes):
    x = generator.random((n, int(length)), dtype=numpy.float32)
    inputs = [x] if torch is None else [x, torch.from_numpy(x)]
    by_numpy = {
        "mean": lambda: x.mean(axis=0),
        "marginal-median": lambda: numpy.median(x, axis=0),
        "trimmed-mean": lambda: numpy.sort(x, axis=0)[f : n - f].mean(axis=0),
        "mean-around-median": lambda: mean_around_median(x, f),
        "krum": lambda: krum(x, f),
        "nearest-neighbor-mixing": lambda: nearest_neighbor_mixing(x, f),
        "geometric-median": lambda: geometric_median(x),
        "centered-clipping": lambda: centered_clipping(x),
        "sort": lambda: numpy.sort(x, axis=0),
    }
    by_byzfl = byzfl and {
        "mean": byzfl.aggregators.Average(),
        "marginal-median": byzfl.aggregators.Median(),
        "trimmed-mean": byzfl.aggregators.TrMean(f),
        "mean-around-median": byzfl.aggregators.Meamed(f),
        "krum": byzfl.aggregators.Krum(f),
        "nearest-neighbor-mixing": byzfl.preaggregators.NNM(f),
        "geometric-median": byzfl.aggregators.GeometricMedian(),
        # A fresh one each time: it remembers its last result.
        "centered-clipping": lambda v: byzfl.aggregators.CenteredClipping(tau=10.0)(v),
    }
    times[n] = {
        "numpy": {rule: best(work) for rule, work in by_numpy.items()},
        "byzfl": by_byzfl and {
            rule: min(best(lambda: work(each)) for each in inputs) for rule, work in by_byzfl.items()
        },
    }
print(json.dumps({"numpy": numpy.__version__, "byzfl": byzfl and byzfl.version, "times": times}))
