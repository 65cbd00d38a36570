"""What a model finds wrong with what somebody wrote, in both languages.

Requests, data sheets, plans, rule packs and answers are all checked by pydantic models. A validator of ours raises
`Mistaken` with a sentence of its own; what pydantic finds by itself (a missing key, a number out of bounds) gets the
sentences below instead of pydantic's. `mistake_of` gives the text of one entry of `ValidationError.errors()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from intake.text import Said, Text, apart, say, verbatim


class Mistaken(Said, ValueError):  # noqa: N818 - reads as what it says
    """A validator's refusal, to be raised inside a model.

    Attributes:
        at: where within the validated part, if the part as a whole was validated.
        nearest: what was probably meant, or what is allowed.
    """

    def __init__(self, text: Text, *, at: tuple[str | int, ...] = (), nearest: Text | None = None) -> None:
        self.at = at
        self.nearest = nearest
        super().__init__(text)


def mistake_of(found: Mapping[str, Any]) -> Text:
    """The sentence about one mistake, without its place.

    Args:
        found: an entry of pydantic's `errors()`; FastAPI's are the same.
    """
    values: Mapping[str, Any] = found.get("ctx") or {}
    raised = values.get("error")
    if isinstance(raised, Said):
        return raised.text
    template = _SENTENCES.get(str(found["type"]))
    if template is None:
        message = str(found["msg"]).removeprefix("Value error, ")
        return Text(en=message, ar=f"القيمة غير مقبولة: {apart(message)}")
    return say(template.en, template.ar, **{name: verbatim(value) for name, value in values.items()})


_WHOLE = Text(en="must be a whole number", ar="يجب أن تكون رقمًا صحيحًا")
_NUMBER = Text(en="must be a number", ar="يجب أن تكون رقمًا")
_TEXT = Text(en="must be text", ar="يجب أن تكون نصًا")
_DAY = Text(en="must be a day, written YYYY-MM-DD", ar="يجب أن تكون تاريخًا بالصيغة ⁨YYYY-MM-DD⁩")
_YES_OR_NO = Text(en="must be true or false", ar="يجب أن تكون ⁨true⁩ أو ⁨false⁩")
_LIST = Text(en="must be a list", ar="يجب أن تكون قائمة")
_KEYS = Text(en="must be an object with named members", ar="يجب أن تكون كائنًا له حقول بأسمائها")
_ONE_OF = Text(en="must be {expected}", ar="القيمة المقبولة: {expected}")
_AT_LEAST = Text(en="must be {ge} or more", ar="يجب ألا تقل عن {ge}")
_TOO_LONG = Text(en="must have at most {max_length} entries", ar="يجب ألا يزيد عدد بنودها على {max_length}")
_SENTENCES: dict[str, Text] = {
    "missing": Text(en="is required", ar="قيمة مطلوبة"),
    "extra_forbidden": Text(en="is not known here; leave it out", ar="غير معروف هنا؛ يُرجى حذفه"),
    "string_type": _TEXT,
    "string_unicode": Text(en="must be whole Unicode text", ar="يجب أن تكون نص Unicode سليمًا"),
    "string_too_short": Text(
        en="must have at least {min_length} character(s)", ar="يجب ألا يقل عدد رموزها عن {min_length}"
    ),
    "string_too_long": Text(
        en="must have at most {max_length} characters", ar="يجب ألا يزيد عدد رموزها على {max_length}"
    ),
    "string_pattern_mismatch": Text(
        en="is not written as wanted (pattern {pattern})", ar="ليست بالصيغة المطلوبة (النمط {pattern})"
    ),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": Text(en="has too many digits", ar="عدد أرقامها أكبر من الحد"),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": Text(en="must be a finite number", ar="يجب أن تكون رقمًا محدودًا"),
    "greater_than_equal": _AT_LEAST,
    "greater_than": Text(en="must be more than {gt}", ar="يجب أن تزيد على {gt}"),
    "less_than_equal": Text(en="must be {le} or less", ar="يجب ألا تزيد على {le}"),
    "less_than": Text(en="must be less than {lt}", ar="يجب أن تقل عن {lt}"),
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "date_future": Text(en="must be a day in the future", ar="يجب أن تكون تاريخًا في المستقبل"),
    "date_past": Text(en="must be a day in the past", ar="يجب أن تكون تاريخًا في الماضي"),
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "too_long": _TOO_LONG,
    "too_short": Text(en="must have at least {min_length} entries", ar="يجب ألا يقل عدد بنودها عن {min_length}"),
    "dict_type": _KEYS,
    "mapping_type": _KEYS,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "dataclass_type": _KEYS,
    "union_tag_not_found": Text(en="lacks {discriminator}, which says what it is", ar="ينقصها {discriminator} الذي يبيّن نوعها"),
    "union_tag_invalid": Text(
        en="{tag} is none of the known kinds: {expected_tags}", ar="{tag} ليس من الأنواع المعروفة: {expected_tags}"
    ),
    "json_invalid": Text(en="not JSON: {error}", ar="ليس JSON: {error}"),
    "json_type": Text(en="must be JSON", ar="يجب أن تكون JSON"),
    "frozen_instance": Text(en="cannot be changed", ar="لا تقبل التغيير"),
}  # fmt: skip
"""pydantic's types of errors; those that are absent keep pydantic's own words behind an Arabic lead."""


def those_given(names: Sequence[str]) -> Text:
    """Which of several keys were given, where exactly one is asked for."""
    if not names:
        return Text(en="found none", ar="لم يُذكر أي منها")
    return Text(en=f"found {' and '.join(names)}", ar=f"الموجود: {'، '.join(map(apart, names))}")
