"""Makes aggregators.json: what other implementations give for a few small inputs.

    pip install byzfl==0.0.11 numpy scipy scikit-learn     # --no-deps: torch is not used
    python3 test/golden/aggregators.py > test/golden/aggregators.json

Rules that byzfl has come from byzfl on numpy inputs. The others are written here from their papers in
float64 numpy (with scikit-learn's clustering), each in another way than in this project.
"""

import itertools
import json

import byzfl_rules
import numpy as np
import scipy
import sklearn
from byzfl_rules import aggregators as byzfl
from byzfl_rules import preaggregators
from sklearn.cluster import AgglomerativeClustering, MeanShift, estimate_bandwidth


def phocas(x, f):
    """Xie et al. 2018."""
    ordered = np.sort(x, axis=0)
    centre = ordered[f : len(x) - f].mean(axis=0)
    nearest = np.argsort(np.abs(x - centre), axis=0, kind="stable")[: len(x) - f]
    return np.take_along_axis(x, nearest, axis=0).mean(axis=0)


def krum_scores(x, f):
    distances = ((x[:, None] - x[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    return np.sort(distances, axis=1)[:, : max(len(x) - f - 2, 1)].sum(axis=1)


def bulyan(x, f):
    """El Mhamdi et al. 2018: n - 2f times Krum, then the n - 4f values nearest to the median."""
    left = list(range(len(x)))
    chosen = []
    for _ in range(len(x) - 2 * f):
        best = left[int(np.argmin(krum_scores(x[left], f)))] if len(left) > 1 else left[0]
        chosen.append(best)
        left.remove(best)
    y = x[chosen]
    order = np.argsort(np.abs(y - np.median(y, axis=0)), axis=0, kind="stable")
    return np.take_along_axis(y, order[: len(y) - 2 * f], axis=0).mean(axis=0)


def caf(x, f):
    """Allouah et al.: dominant eigenpair of the weighted covariance, exact; the greatest part is taken
    of the vectors that still have weight, without which a far one can hold up the others for ever."""
    c = np.ones(len(x))
    least, best = np.inf, None
    while c.sum() > len(x) - 2 * f:
        mean = c @ x / c.sum()
        centred = x - mean
        values, directions = np.linalg.eigh((centred * c[:, None]).T @ centred / c.sum())
        if values[-1] < least:
            least, best = values[-1], mean
        tau = (centred @ directions[:, -1]) ** 2
        c = np.maximum(0, c * (1 - tau / tau[c > 0].max()))
    return best


def smea(x, f):
    """Allouah et al.: the n - f vectors whose covariance has the least greatest eigenvalue."""

    def spread(subset):
        return np.linalg.eigvalsh(np.atleast_2d(np.cov(x[list(subset)].T, bias=True)))[-1]

    return x[list(min(itertools.combinations(range(len(x)), len(x) - f), key=spread))].mean(axis=0)


def divide_and_conquer(x, f, filtered=1):
    """Shejwalkar and Houmansadr 2021, one iteration over all coordinates."""
    centred = x - x.mean(axis=0)
    direction = np.linalg.svd(centred)[2][0]
    scores = (centred @ direction) ** 2
    return x[np.sort(np.argsort(scores)[: len(x) - filtered * f])].mean(axis=0)


def sign_guard(x, f):
    """Xu et al. 2022, sign statistics of all coordinates, scikit-learn's mean shift."""
    norms = np.linalg.norm(x, axis=1)
    middle = np.median(norms)
    by_norm = {i for i, norm in enumerate(norms) if 0.1 <= norm / middle <= 3}
    signs = np.sign(x)
    features = np.stack([(signs == s).mean(axis=1) for s in (1, 0, -1)], axis=1)
    bandwidth = estimate_bandwidth(features, quantile=0.5)
    labels = MeanShift(bandwidth=bandwidth).fit(features).labels_
    by_sign = set(np.flatnonzero(labels == np.argmax(np.bincount(labels))))
    taken = sorted(by_norm & by_sign)
    clipped = [x[i] * min(1, middle / norms[i]) for i in taken]
    return np.mean(clipped, axis=0)


def clipped_clustering(x, f):
    """Li et al.: clipped to the median norm, average linkage of cosine distances, two clusters."""
    norms = np.linalg.norm(x, axis=1)
    clipped = x * np.minimum(1, np.median(norms) / norms)[:, None]
    unit = x / norms[:, None]
    labels = AgglomerativeClustering(
        n_clusters=2, metric="precomputed", linkage="average"
    ).fit(1 - unit @ unit.T).labels_
    return clipped[labels == np.argmax(np.bincount(labels))].mean(axis=0)


def results(x, f):
    n = len(x)
    found = {
        "marginal-median": byzfl.Median()(x),
        "trimmed-mean": byzfl.TrMean(f)(x),
        "mean-around-median": byzfl.Meamed(f)(x),
        "krum n-f-1": byzfl.Krum(f)(x),
        "multi-krum n-f-1": byzfl.MultiKrum(f)(x),
        "krum": x[np.argmin(krum_scores(x, f))],
        "geometric-median": byzfl.GeometricMedian(nu=0.1, T=3)(x),
        "geometric-median T=50": byzfl.GeometricMedian(nu=0.1, T=50)(x),
        "centered-clipping": byzfl.CenteredClipping(L=3, tau=2.0)(x),
        "minimum-diameter-averaging": byzfl.MDA(f)(x),
        "monna first": byzfl.MoNNA(f, 0)(x),
        "phocas": phocas(x, f),
        "caf": caf(x, f),
        "smea": smea(x, f),
        "divide-and-conquer": divide_and_conquer(x, f),
        "sign-guard": sign_guard(x, f),
        "clipped-clustering": clipped_clustering(x, f),
        "majority-sign": np.sign(np.sign(x).sum(axis=0)),
        "nearest-neighbor-mixing": preaggregators.NNM(f)(x),
        "static-clipping": preaggregators.Clipping(c=2.0)(x.copy()),
        "adaptive-robust-clipping": preaggregators.ARC(f)(x.copy()),
    }
    if n >= 4 * f + 3:
        found["bulyan"] = bulyan(x, f)
    return {rule: np.asarray(result).round(9).tolist() for rule, result in found.items()}


def case(n, f, d, seed, outlier):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, d)) + generator.normal(size=d)
    x[generator.permutation(n)[:f]] *= outlier
    x = x.round(3)
    return {"f": f, "vectors": x.tolist(), "results": results(x, f)}


print(
    json.dumps(
        {
            "made by": "test/golden/aggregators.py",
            "versions": {
                "byzfl": byzfl_rules.version,
                "numpy": np.__version__,
                "scipy": scipy.__version__,
                "scikit-learn": sklearn.__version__,
            },
            "cases": [
                case(5, 1, 3, 1, 4),
                case(7, 1, 1, 2, -3),
                case(11, 2, 7, 3, -2),
                case(12, 3, 5, 4, 6),
                case(15, 3, 20, 5, -8),
            ],
        }
    )
)
