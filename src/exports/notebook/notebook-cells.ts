import { PALETTE } from '../../report/format/plot.ts';

/** A cell of a notebook: Markdown, or Python. */
export interface NotebookCell {
  kind: 'markdown' | 'code';
  source: string;
}

const READ = `
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from cycler import cycler
from scipy import stats

plt.rcParams["axes.prop_cycle"] = cycler(linestyle=["-", "--", ":"]) * cycler(color=${JSON.stringify(PALETTE)})

runs = pd.read_parquet("runs.parquet")
evaluations = pd.read_parquet("evaluations.parquet")
metric = "rmse" if evaluations["rmse"].notna().any() else "accuracy"
runs[["run", "arm", "variant", "seed", metric, "updates", "sim_time_s", "ended"]]
`;

const CURVES = `
def mean_and_band(values):
    """Mean over the first axis, one row a seed, and half the width of its 95 % interval (Student's t)."""
    n = len(values)
    if n == 1:
        return values[0], values[0] * np.nan
    return np.mean(values, axis=0), stats.t.ppf(0.975, n - 1) * np.std(values, axis=0, ddof=1) / np.sqrt(n)

def by_seed(of_arm):
    """The runs of each seed that has all variants of the arm."""
    variants = of_arm["variant"].nunique(dropna=False)
    return [of_seed for _, of_seed in of_arm.groupby("seed") if len(of_seed) == variants]

# Only where the cloud is evaluated, the updates are counted.
of_cloud = evaluations.dropna(subset=["updates", metric]).drop_duplicates(["run", "sim_time_s"], keep="last")
lines = {run: line for run, line in of_cloud.groupby("run")}

def curve(of_arm):
    """Each run is read wherever one run of the arm was evaluated, linear in between."""
    seeds = [[lines[run] for run in of_seed["run"]] for of_seed in by_seed(of_arm)]
    flat = [line for seed in seeds for line in seed]
    times = np.unique(np.concatenate([line["sim_time_s"] for line in flat]))
    first = max(line["sim_time_s"].iloc[0] for line in flat)
    last = min(line["sim_time_s"].iloc[-1] for line in flat)
    times = times[(times >= first) & (times <= last)]
    means = [np.mean([np.interp(times, line["sim_time_s"], line[metric]) for line in seed], axis=0) for seed in seeds]
    mean, half = mean_and_band(np.array(means))
    return pd.DataFrame({"sim_time_s": times, "mean": mean, "low": mean - half, "high": mean + half})

# An arm counts from the first seed that has all its variants, and with evaluations in all its runs.
arms = {
    arm: of_arm
    for arm, of_arm in runs.groupby("arm", sort=False)
    if by_seed(of_arm) and of_arm["run"].isin(lines).all()
}
curves = {arm: curve(of_arm) for arm, of_arm in arms.items()}
`;

const DRAW_CURVES = `
figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
for arm, points in curves.items():
    (line,) = axes.plot(points["sim_time_s"], points["mean"], label=arm)
    axes.fill_between(points["sim_time_s"], points["low"], points["high"], color=line.get_color(), alpha=0.15, linewidth=0)
axes.set(xlabel="Simulated time (s)", ylabel=metric.capitalize(), ylim=(0, 1) if metric == "accuracy" else (0, None))
axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
plt.show()
`;

const FINAL = `
def final_value(of_arm):
    values = np.array([of_seed[metric].mean(skipna=False) for of_seed in by_seed(of_arm)])
    values = values[~np.isnan(values)]
    mean, half = mean_and_band(values) if len(values) else (np.nan, np.nan)
    return {"seeds": len(values), "mean": mean, "low": mean - half, "high": mean + half}

finals = pd.DataFrame({arm: final_value(of_arm) for arm, of_arm in arms.items()}).T
finals
`;

const DRAW_FINAL = `
figure, axes = plt.subplots(figsize=(8, 1 + 0.35 * len(finals)), layout="constrained")
axes.errorbar(finals["mean"], finals.index, xerr=finals["high"] - finals["mean"], fmt="o", linestyle="none", capsize=3)
axes.invert_yaxis()
axes.set(xlabel=f"Final {metric}")
plt.show()
`;

/** Cells of a study's notebook, in order. */
export function notebookCells(name: string): NotebookCell[] {
  const markdown = (source: string): NotebookCell => ({ kind: 'markdown', source });
  const code = (source: string): NotebookCell => ({ kind: 'code', source: source.trim() });
  return [
    markdown(
      `# ${name}\n\nThe tables next to this notebook hold the finished runs; docs/columns.md of edgemlsim explains their columns. Needed: \`pip install pandas pyarrow matplotlib scipy\`.`,
    ),
    code(READ),
    markdown(
      "## Over simulated time\n\nMean over the seeds of each arm, each the mean over its variants, with the 95 % interval by Student's t. A single seed has none.",
    ),
    code(CURVES),
    code(DRAW_CURVES),
    markdown(
      '## Final values\n\nOf each run the mean over its last evaluations, as many as the `window` of the study.',
    ),
    code(FINAL),
    code(DRAW_FINAL),
  ];
}
