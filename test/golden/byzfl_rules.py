"""Loads byzfl's aggregators, pre-aggregators and attacks alone, for numpy inputs also without torch.

byzfl's own package file pulls in training and plots, so empty packages stand in for it. It imports
torch everywhere but does not use it for numpy inputs: where torch is missing, an empty module does.
"""

import sys
import types
from importlib.metadata import distribution

version = distribution("byzfl").version

for name in ["byzfl", "byzfl.utils"]:
    package = types.ModuleType(name)
    package.__path__ = [str(distribution("byzfl").locate_file(name.replace(".", "/")))]
    sys.modules[name] = package

try:
    import torch
except ImportError:
    torch = types.ModuleType("torch")
    torch.Tensor = type("Tensor", (), {})
    sys.modules["torch"] = torch
    tools = types.ModuleType("byzfl.utils.torch_tools")
    sys.modules["byzfl.utils.torch_tools"] = sys.modules["byzfl.utils"].torch_tools = tools

from byzfl.aggregators import aggregators, preaggregators  # noqa: E402
from byzfl.attacks import attacks  # noqa: E402
