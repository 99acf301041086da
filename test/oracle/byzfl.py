"""Answers calls of byzfl's rules, one JSON document a line, on standard input and output.

A line {"n", "d", "input"} adds an input: n float32 vectors of length d, base64. A line
{"inputs", "steps", "as"} is a call: the steps, each [class, arguments], are made once and run one
after the other on each of these inputs (their places), as float64 arrays ("numpy") or as float32
tensors ("torch"); the answer is what the last input came to. "seed" is numpy's, "order", if there, the
order in which it shuffles. The answer is {"shape", "data"} with float64 in base64, {"nothing"} for None, or
{"error"}: what was thrown, or `never ends` after some seconds.
"""

import base64
import inspect
import json
import signal
import sys
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "golden"))
import byzfl_rules  # noqa: E402
import numpy  # noqa: E402
import torch  # noqa: E402

# Of the processor's time.
MOST_SECONDS = 2
POWER_STEPS = 200
# byzfl takes no whole number for these.
REAL_NUMBERS = ("c", "mu", "nu", "sigma", "tau")

torch.set_num_threads(1)
warnings.simplefilter("ignore")


class NeverEnds(Exception):
    pass


def give_up(*_):
    raise NeverEnds("never ends")


signal.signal(signal.SIGVTALRM, give_up)


def changed(which, *changes):
    """A class of byzfl's with changes to its source, each of which has to apply."""
    source = inspect.getsource(which)
    for old, new in changes:
        assert old in source, f"{which.__name__} has no {old!r}"
        source = source.replace(old, new)
    names = dict(vars(byzfl_rules.aggregators))
    exec(source, names)
    return names[which.__name__]


class LeftByClipping:
    """The input, after byzfl's static clipping saw it."""

    def __call__(self, vectors):
        byzfl_rules.preaggregators.Clipping()(vectors)
        return vectors


enough_steps = ("max_iters=1", f"max_iters={POWER_STEPS}")
of_those_with_weight = ("tau.max()", "tau[c > 0].max()")
classes = {
    **vars(byzfl_rules.aggregators),
    **vars(byzfl_rules.preaggregators),
    **vars(byzfl_rules.attacks),
    "left by Clipping": LeftByClipping,
    "CAF that ends": changed(byzfl_rules.aggregators.CAF, of_those_with_weight),
    "CAF to its end": changed(byzfl_rules.aggregators.CAF, of_those_with_weight, enough_steps),
    "SMEA to its end": changed(byzfl_rules.aggregators.SMEA, enough_steps),
}


def made(step):
    name, given = step if len(step) == 2 else (step[0], {})
    arguments = {}
    for key, value in given.items():
        if key == "agg":
            value = made(value)
        elif key == "pre_agg_list":
            value = [made(part) for part in value]
        elif key in REAL_NUMBERS:
            value = float(value)
        arguments[key] = value
    return classes[name](**arguments)


def answer(call, inputs):
    steps = [made(step) for step in call["steps"]]
    if "order" in call:
        numpy.random.permutation = lambda vectors: vectors[call["order"]]
    for place in call["inputs"]:
        # Copies: some steps write to what they are given.
        result = inputs[place].astype(numpy.float64)
        if call["as"] == "torch":
            result = torch.tensor(inputs[place])
        for step in steps:
            result = step(result)
    if result is None:
        return {"nothing": True}
    result = numpy.ascontiguousarray(numpy.atleast_2d(numpy.asarray(result, numpy.float64)))
    return {"shape": result.shape, "data": base64.b64encode(result).decode()}


inputs = []
for line in sys.stdin:
    message = json.loads(line)
    if "input" in message:
        values = numpy.frombuffer(base64.b64decode(message["input"]), numpy.float32)
        inputs.append(values.reshape(message["n"], message["d"]))
        continue
    numpy.random.seed(message["seed"])
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        reply = answer(message, inputs)
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    print(json.dumps(reply))
