"""Any model by its name: the one entry for those who hold the library against reference values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.errors import ModelInputError, UnknownModel
from compliance.models import (  # noqa: F401 - each registers its models
    benchmarks,
    benford,
    branching,
    bunching,
    chance,
    contracts,
    flow,
    inequality,
    mechanisms,
    orders,
    ponzi,
    port,
    power_law,
    rewards,
    rrt,
    saturation,
    shape,
    structural,
)
from compliance.models.registry import MODELS, Model
from intake.closest import closest
from intake.text import say


def names() -> tuple[str, ...]:
    """The name of every model, in order."""
    return tuple(sorted(MODELS))


def catalogue() -> tuple[Model, ...]:
    """Every model, in the order of names."""
    return tuple(MODELS[name] for name in names())


def evaluate(model: str, inputs: Mapping[str, Any]) -> Any:
    """The answer of a model as plain JSON values: a number, text, list, dict, or None where there is none.

    Args:
        model: its name, such as `rrt.expected_recruits`.
        inputs: by name, as docs/models.md lists them.

    Raises:
        UnknownModel: there is none of that name; the message has the nearest.
        ModelInputError: an input is missing, unknown, of the wrong kind or out of range; says which, and the way out.

    >>> evaluate("struct.full_tree_tail_share", {"m": 2, "L": 1, "t": 1})
    0.6666666666666666
    """
    found = MODELS.get(model) if isinstance(model, str) else None
    if found is None:
        raise UnknownModel(str(model), closest(str(model), MODELS))
    if not isinstance(inputs, Mapping):
        raise ModelInputError(
            model, "inputs", inputs, say("write an object of named inputs", "يُكتب كائن من المدخلات بأسمائها")
        )
    return found.answer(inputs)
