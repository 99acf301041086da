"""Milliseconds of whole rounds in memory by byzfl's own Client and Server, one thread of torch.

    round.py IMAGES LABELS WORKERS BATCH [RULE:FAULTY:F...]    prints {version, times: [[ms, ...], ...]}

As in byzfl's README: the server's model goes to every honest client, each takes the gradient of a
batch, the attack makes the vectors of the others, the server aggregates and takes a step of SGD. But
batches are rows of one tensor, picked at random, and not items decoded one by one. Momentum is 0.
"""

import json
import sys
import time
from pathlib import Path

import numpy
import torch
from torch.utils.data import DataLoader, TensorDataset

sys.path.append(str(Path(__file__).parent.parent / "test" / "golden"))
import byzfl_rules  # noqa: E402
from byzfl import fed_framework  # noqa: E402

WARM_UPS = 3
ROUNDS = 40

torch.set_num_threads(1)
torch.manual_seed(1)
images, labels, workers, batch, *kinds = sys.argv[1:]
workers, batch = int(workers), int(batch)
x = torch.from_numpy(numpy.fromfile(images, numpy.uint8)[16:].reshape(-1, 784) / numpy.float32(255))
y = torch.from_numpy(numpy.fromfile(labels, numpy.uint8)[8:].astype(numpy.int64))
data = TensorDataset(x, y)


class InMemory(DataLoader):
    """Batches without a look at single items."""

    def __iter__(self):
        while True:
            rows = torch.randint(len(x), (batch,))
            yield x[rows], y[rows]


def default_model():
    return torch.nn.Sequential(
        torch.nn.Linear(784, 128),
        torch.nn.ReLU(),
        torch.nn.Linear(128, 64),
        torch.nn.ReLU(),
        torch.nn.Linear(64, 10),
    )


fed_framework.models.default_model = default_model
common = {"model_name": "default_model", "device": "cpu"}


def rounds(rule, byzantine, f):
    """One round a call."""
    clients = [
        fed_framework.Client({
            **common,
            "loss_name": "CrossEntropyLoss",
            "LabelFlipping": False,
            "nb_labels": 10,
            "momentum": 0.0,
            "training_dataloader": InMemory(data, batch_size=batch),
            "store_per_client_metrics": False,
        })
        for _ in range(workers - byzantine)
    ]
    server = fed_framework.Server({
        **common,
        "test_loader": InMemory(data, batch_size=batch),
        "optimizer_name": "SGD",
        "learning_rate": 0.1,
        "weight_decay": 0.0,
        "milestones": [],
        "learning_rate_decay": 1.0,
        "aggregator_info": {"name": rule, "parameters": {"f": f}},
        "pre_agg_list": [],
    })
    attack = fed_framework.ByzantineClient({"name": "SignFlipping", "f": byzantine, "parameters": {}})

    def round():
        model = server.get_dict_parameters()
        for client in clients:
            client.set_model_state(model)
        for client in clients:
            client.compute_gradients()
        honest = [client.get_flat_gradients_with_momentum() for client in clients]
        server.update_model_with_gradients(honest + attack.apply_attack(honest))

    return round


def timed(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


times = []
for rule, byzantine, f in (kind.split(":") for kind in kinds):
    work = rounds(rule, int(byzantine), int(f))
    for _ in range(WARM_UPS):
        work()
    times.append([timed(work) for _ in range(ROUNDS)])
print(json.dumps({"version": byzfl_rules.version, "torch": torch.__version__, "times": times}))
