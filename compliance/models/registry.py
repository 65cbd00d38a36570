"""What a model is: a function, the names and types of its inputs, and where it comes from.

`@model("rrt.leaf_z", ...)` registers a function; its parameters become a pydantic model that reads the inputs strictly
(a parameter's alias is the name by which it is given, such as `K`). Whatever is wrong with inputs comes out as one
`ModelInputError` that names the model, the key, the value and the way out, in English and Arabic.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from compliance.errors import ModelInputError
from compliance.models.quantities import TooLarge, Unreadable, plain
from intake.closest import closest
from intake.text import Text, say, verbatim

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

    def __init__(self, key: str, value: Any, reason: Text) -> None:
        self.key, self.value, self.reason = key, value, reason
        super().__init__(f"{key} = {value}: {reason.en}")


def at_most(name: str, limit: object) -> Text:
    """A reason: the value may not be above another input."""
    return say("must be at most {name} = {limit}", "الحد الأقصى {name} = {limit}", name=name, limit=limit)


_SAID = {
    "list_type": say("write a list", "تُكتب قائمة"),
    "dict_type": say("write an object of names and values", "يُكتب كائن من أسماء وقيم"),
    "string_type": say("write a text", "يُكتب نص"),
    "too_long": say("has more entries than are asked for", "عدد عناصرها أكبر من المطلوب"),
}
"""What pydantic finds wrong by itself, by its type of error."""
_WRONG_KIND = say(
    "is of the wrong kind; docs/models.md has an example", "من نوع غير مطلوب؛ في {page} مثال", page="docs/models.md"
)
_BEYOND = say(
    "the result is beyond the range of double precision; use smaller numbers",
    "النتيجة خارج مدى الأعداد المزدوجة الدقة؛ تُستعمل أعداد أصغر",
)


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
            reason = overflow.text if isinstance(overflow, TooLarge) else _BEYOND
            raise ModelInputError(self.name, ", ".join(self.keys), None, reason) from overflow

    def _unreadable(self, problem: ValidationError) -> ModelInputError:
        found = problem.errors()
        first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])  # likely a misspelt one
        where = ".".join(str(part) for part in first["loc"] if "[" not in str(part))  # a union names its branch there
        if first["type"] == "extra_forbidden":
            return ModelInputError(self.name, where, first["input"], self._not_among(closest(where, self.keys)))
        if first["type"] == "missing":
            missing = say("is missing; it takes {keys}", "مطلوب؛ والمدخلات هي: {keys}", keys=self._takes)
            return ModelInputError(self.name, where, None, missing)
        return ModelInputError(self.name, where, first["input"], _wrong(first))

    def _not_among(self, near: str | None) -> Text:
        if near is None:
            return say("is no input; it takes {keys}", "ليس من المدخلات، وهي: {keys}", keys=self._takes)
        return say(
            "is no input; did you mean {near!r}? It takes {keys}",
            "ليس من المدخلات؛ هل المقصود {near}؟ المدخلات هي: {keys}",
            near=near,
            keys=self._takes,
        )

    @property
    def _takes(self) -> Text:
        keys = ", ".join(self.keys)
        return verbatim(keys) if keys else say("no input", "لا مدخلات")


def _wrong(found: ErrorDetails) -> Text:
    """What is wrong with one input, in words of our own."""
    context = found.get("ctx", {})
    if isinstance(reason := context.get("error"), Unreadable):
        return reason.text
    if found["type"] == "literal_error":
        known = str(context["expected"]).replace("True", "true")  # as JSON writes it
        return say("write one of: {known}", "تُكتب إحدى القيم: {known}", known=known)
    if found["type"] == "less_than_equal":
        return say("must be at most {most:,}", "الحد الأقصى {most:,}", most=context["le"])
    return _SAID.get(found["type"], _WRONG_KIND)


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
