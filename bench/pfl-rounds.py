"""Gradients a second of federated averaging by pfl-research, one thread of torch in this process.

    pfl-rounds.py IMAGES LABELS CLIENTS BATCH SECONDS    prints {version, torch, rate}

Each round, each client takes one step of SGD on one batch, and the server averages the differences.
With PFL_WORKER_ADDRESSES and PFL_WORKER_RANK set, pfl shares the clients of a round between processes
and sums what they have; the rate is that of all together. Evaluation and privacy are left out. Batches
are rows of one tensor, picked at random when a client is drawn.
"""

import io
import json
import os
import sys
import time
from contextlib import redirect_stdout

import numpy
import torch
from pfl import __version__
from pfl.aggregate.simulate import SimulatedBackend
from pfl.algorithm.base import NNAlgorithmParams
from pfl.algorithm.federated_averaging import FederatedAveraging
from pfl.callback.base import TrainingProcessCallback
from pfl.data.dataset import Dataset
from pfl.data.federated_dataset import FederatedDataset
from pfl.hyperparam import NNTrainHyperParams
from pfl.internal.ops.pytorch_ops import distributed
from pfl.metrics import Metrics, Weighted
from pfl.model.pytorch import PyTorchModel

WARM_UPS = 20
# Of the round at which all processes stop: each has to take part in the same rounds.
STOP_EVERY = 10

torch.set_num_threads(1)
torch.manual_seed(1)
images, labels = sys.argv[1:3]
clients, batch = int(sys.argv[3]), int(sys.argv[4])
seconds = float(sys.argv[5])
x = torch.from_numpy(numpy.fromfile(images, numpy.uint8)[16:].reshape(-1, 784) / numpy.float32(255))
y = torch.from_numpy(numpy.fromfile(labels, numpy.uint8)[8:].astype(numpy.int64))


class Mlp(torch.nn.Sequential):
    def __init__(self):
        super().__init__(
            torch.nn.Linear(784, 128),
            torch.nn.ReLU(),
            torch.nn.Linear(128, 64),
            torch.nn.ReLU(),
            torch.nn.Linear(64, 10),
        )

    def loss(self, inputs, targets):
        return torch.nn.functional.cross_entropy(self(inputs), targets)

    def metrics(self, inputs, targets):
        # Asked for before the first round, which is not counted.
        return {"items": Weighted(len(inputs), 1)}


def one_batch(user):
    rows = torch.randint(len(x), (batch,))
    return Dataset(raw_data=[x[rows], y[rows]], user_id=user)


class Clock(TrainingProcessCallback):
    """Ends the run after so many seconds behind the warm-up, by the clock of the first process."""

    def after_central_iteration(self, aggregate_metrics, model, *, central_iteration):
        self.now = time.perf_counter()
        if central_iteration == WARM_UPS:
            self.start = self.now
        self.rounds = central_iteration - WARM_UPS
        if self.rounds <= 0 or self.rounds % STOP_EVERY != 0:
            return False, Metrics()
        is_over = torch.tensor([float(self.now - self.start >= seconds)])
        if int(os.environ.get("PFL_WORKER_RANK", "0")) != 0:
            is_over.zero_()
        distributed.all_reduce([is_over])
        return bool(is_over.item()), Metrics()


# As many users as the other side of the comparison has workers.
users = [str(user) for user in range(100)]
random = numpy.random.default_rng(1)
data = FederatedDataset(make_dataset_fn=one_batch, user_sampler=lambda: str(random.choice(users)))
module = Mlp()
model = PyTorchModel(
    model=module,
    local_optimizer_create=torch.optim.SGD,
    central_optimizer=torch.optim.SGD(module.parameters(), 1.0),
)
clock = Clock()
with redirect_stdout(io.StringIO()):
    FederatedAveraging().run(
        algorithm_params=NNAlgorithmParams(
            central_num_iterations=10**6,
            evaluation_frequency=10**9,
            train_cohort_size=clients,
            val_cohort_size=None,
        ),
        backend=SimulatedBackend(training_data=data, val_data=None),
        model=model,
        model_train_params=NNTrainHyperParams(
            local_num_epochs=1,
            local_learning_rate=0.1,
            local_batch_size=batch,
        ),
        callbacks=[clock],
        send_metrics_to_platform=False,
    )
rate = clients * clock.rounds / (clock.now - clock.start)
print(json.dumps({"version": __version__, "torch": torch.__version__, "rate": rate}))
