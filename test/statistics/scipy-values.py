"""Writes scipy-values.json, against which test/statistics compares: python3 scipy-values.py (SciPy 1.17)."""
import json, math, pathlib
import numpy as np
from scipy import stats

rng = np.random.default_rng(1)
r = lambda values: [float(v) for v in values]

def bca(values, statistic):
    result = stats.bootstrap((values,), statistic, n_resamples=199, method="percentile", rng=rng)
    again = stats.bootstrap((values,), statistic, n_resamples=0, method="BCa", bootstrap_result=result)
    interval = again.confidence_interval
    return {"values": r(values), "resampled": r(result.bootstrap_distribution),
            "low": float(interval.low), "high": float(interval.high)}

def signed_rank(differences):
    exact = stats.PermutationMethod(n_resamples=10**6)
    return {"differences": r(differences),
            "p": float(stats.wilcoxon(differences, zero_method="wilcox", method=exact).pvalue)}

samples = [rng.normal(0.8, 0.05, 5), rng.exponential(2, 10), rng.integers(0, 5, 12).astype(float)]
pairs = [(rng.normal(0, 1, n), rng.normal(0.4, 1, n)) for n in (2, 5, 9, 30)]
tables = [rng.normal(0, 1, (6, 4)), rng.integers(0, 3, (8, 5)).astype(float)]
out = {
    "t": [{"t": t, "df": df, "p": float(stats.t.cdf(t, df))}
          for df in (1, 2, 3, 4, 9, 10, 61, 200) for t in (-12.5, -2.2, -0.3, 0.0, 0.01, 1.0, 4.1, 40.0)],
    "tQuantile": [{"p": p, "df": df, "t": float(stats.t.ppf(p, df))}
                  for df in (1, 2, 3, 4, 9, 30, 61, 400) for p in (0.025, 0.3, 0.5, 0.9, 0.975, 0.9995)],
    "bca": [bca(s, np.mean) for s in samples] + [bca(samples[1], np.median)],
    "signedRank": [signed_rank(d) for d in (
        [1.0, 2.0, 3.0, 4.0, 5.0], [0.3, -0.1, 0.5, 0.2, -0.7, 0.9], [1.0, 1.0, -1.0, 2.0, 0.0, 2.0, 3.0],
        r(rng.normal(0.3, 1, 14)))],
    "pairedT": [{"differences": r(a - b), "p": float(stats.ttest_rel(a, b).pvalue)} for a, b in pairs],
    "friedman": [{"scores": [r(row) for row in t], "p": float(stats.friedmanchisquare(*t.T).pvalue)} for t in tables],
    "nemenyi": [{"methods": k, "q": float(stats.studentized_range.ppf(0.95, k, np.inf) / math.sqrt(2))}
                for k in range(2, 21)],
    "interquartileMean": [{"values": r(s), "mean": float(stats.trim_mean(s, 0.25))} for s in samples],
    "midranks": [{"values": r(s), "ranks": r(stats.rankdata(s))} for s in samples],
    "probabilityAbove": [{"a": r(a), "b": r(b), "p": float(stats.mannwhitneyu(a, b).statistic / (len(a) * len(b)))}
                         for a, b in pairs + [(samples[2], samples[2][3:])]],
}
pathlib.Path(__file__).with_name("scipy-values.json").write_text(json.dumps(out) + "\n")
