"""What a model is: a function, the names and types of its inputs, and where it comes from.

`@model("rrt.leaf_z", ...)` registers a function; its parameters become a pydantic model that reads the inputs strictly
(a parameter's alias is the name by which it is given, such as `K`). Whatever is wrong with inputs comes out as one
`ModelInputError` that names the model, the key, the value and the way out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo

from compliance.errors import ModelInputError
from compliance.models.quantities import plain
from intake.closest import closest

Function = TypeVar("Function", bound=Callable[..., Any])

MARKS = {
    "V": "read in a stored copy of the named page",
    "R": "read in a public repository",
    "C": "derived for this project and checked by computation",
    "G": "general knowledge of the literature, not checked in a text",
}
"""How good the evidence for a formula is."""


class Refused(ValueError):  # noqa: N818 - reads as what it says
    """One input cannot be answered, alone or together with another; says which, and the way out."""

    def __init__(self, key: str, value: Any, reason: str) -> None:
        self.key, self.value, self.reason = key, value, reason
        super().__init__(f"{key} = {value}: {reason}")


class _Inputs(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the library."""

    name: str
    function: Callable[..., Any]
    inputs: type[BaseModel]
    source: str
    mark: str
    """One of `MARKS`."""

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (inspect.getdoc(self.function) or "").splitlines()[0]

    @property
    def keys(self) -> tuple[str, ...]:
        """The names by which its inputs are given."""
        return tuple(_key(name, field) for name, field in self.inputs.model_fields.items())

    def answer(self, inputs: Mapping[str, Any]) -> Any:
        """The result as plain JSON values.

        Raises:
            ModelInputError: an input is missing, unknown, of the wrong kind, out of range, or beyond computing.
        """
        try:
            read = self.inputs.model_validate(dict(inputs))
        except ValidationError as problem:
            raise self._unreadable(problem) from problem
        given = {name: getattr(read, name) for name in read.model_fields_set}
        try:
            return plain(self.function(**given))
        except Refused as refused:
            raise ModelInputError(self.name, refused.key, refused.value, refused.reason) from refused
        except OverflowError as overflow:
            raise ModelInputError(
                self.name, ", ".join(self.keys), None, f"{overflow}; use smaller numbers"
            ) from overflow

    def _unreadable(self, problem: ValidationError) -> ModelInputError:
        found = problem.errors()
        first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])  # likely a misspelt one
        where = ".".join(str(part) for part in first["loc"] if "[" not in str(part))  # a union names its branch there
        if first["type"] == "extra_forbidden":
            near = closest(where, self.keys)
            meant = f"did you mean {near!r}? It takes" if near else "it takes"
            return ModelInputError(self.name, where, first["input"], f"is no input; {meant} {self._takes}")
        if first["type"] == "missing":
            return ModelInputError(self.name, where, None, f"is missing; it takes {self._takes}")
        return ModelInputError(self.name, where, first["input"], first["msg"].removeprefix("Value error, "))

    @property
    def _takes(self) -> str:
        return ", ".join(self.keys) or "no input"


MODELS: dict[str, Model] = {}
"""Every registered model by name; complete once `compliance.models.evaluating` is imported."""


def model(name: str, *, source: str, mark: str = "C") -> Callable[[Function], Function]:
    """Register a function as a model under a name.

    Args:
        name: theme and model, such as `rrt.leaf_z`.
        source: where the formula is published, or how it was derived.
        mark: one of `MARKS`.
    """
    assert mark in MARKS, mark

    def register(function: Function) -> Function:
        assert name not in MODELS, name
        hints = get_type_hints(function, include_extras=True)
        fields: dict[str, Any] = {
            each.name: (hints[each.name], ... if each.default is inspect.Parameter.empty else each.default)
            for each in inspect.signature(function).parameters.values()
        }
        MODELS[name] = Model(name, function, create_model(name, __base__=_Inputs, **fields), source, mark)
        return function

    return register


def _key(name: str, field: FieldInfo) -> str:
    return field.alias or name
