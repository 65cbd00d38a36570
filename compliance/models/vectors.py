"""A file of reference values held against the library: what agrees within the stated tolerance, and what does not.

A file is a JSON list of `{"id", "model", "inputs", "expected", "tolerance", "source"}`. A tolerance is absolute and
holds for every number inside `expected`, none is a tolerance of 0; texts, nulls and the names of keys must agree
exactly. A vector that cannot be computed is a miss with a reason, never an end of the run.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from compliance.errors import ComplianceError, VectorFileError
from compliance.models.evaluating import evaluate
from intake.system import refused
from intake.text import Said, Text, say, verbatim

_LARGEST = Fraction(sys.float_info.max)
_KEYS = ("id", "model", "inputs", "expected")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one vector."""

    id: str
    model: str
    agrees: bool
    expected: Any = None
    computed: Any = None
    tolerance: float = 0.0
    difference: float | None = None
    """The largest between numbers that stand in the same place; None where none do."""
    problem: Text | None = None
    """Why nothing could be computed, or where the two differ."""
    failed: bool = False
    """Nothing was computed."""


@dataclass(slots=True)
class _Comparison:
    tolerance: float | None
    """None where none is stated: 0, then."""
    difference: float | None = None
    problem: Text | None = None

    def differs(self, problem: Text) -> None:
        self.problem = self.problem or problem

    def hold(self, expected: Any, computed: Any, where: str = "") -> None:
        if isinstance(expected, dict) and isinstance(computed, dict):
            if odd := sorted(expected.keys() ^ computed.keys()):
                keys = ", ".join(odd)
                self.differs(say("keys on one side only: {keys}", "مفاتيح في جهة واحدة فقط: {keys}", keys=keys))
            for key in expected.keys() & computed.keys():
                self.hold(expected[key], computed[key], f"{where}.{key}".lstrip("."))
        elif isinstance(expected, list) and isinstance(computed, list):
            if len(expected) != len(computed):
                self.differs(_expected_and_computed(where, f"{len(expected)} entries", f"{len(computed)} entries"))
            for at, (one, other) in enumerate(zip(expected, computed, strict=False)):
                self.hold(one, other, f"{where}[{at}]")
        elif _is_number(expected) and _is_number(computed):
            gap = abs(Fraction(expected) - Fraction(computed))
            self.difference = max(self.difference or 0.0, float(min(gap, _LARGEST)))
            if gap > (self.tolerance or 0):
                self.differs(_beyond(where, self.tolerance))
        elif type(expected) is not type(computed) or expected != computed:
            self.differs(_expected_and_computed(where, repr(expected), repr(computed)))


def _place(where: str) -> Text:
    return verbatim(where) if where else say("value", "القيمة")


def _beyond(where: str, tolerance: float | None) -> Text:
    if tolerance is None:
        return say(
            "{where} is not the same, and no tolerance is stated; write one, such as 1e-8",
            "{where}: القيمتان مختلفتان، ولم يُذكر هامش مقبول؛ يُكتب هامش، مثل {such}",
            where=_place(where),
            such="1e-8",
        )
    return say(
        "{where} beyond the tolerance of {tolerance:g}",
        "{where}: الفرق أكبر من الهامش المقبول {tolerance:g}",
        where=_place(where),
        tolerance=tolerance,
    )


def _expected_and_computed(where: str, expected: str, computed: str) -> Text:
    return say(
        "{where}: {expected} expected, {computed} computed",
        "{where}: المتوقع {expected}، والمحسوب {computed}",
        where=_place(where),
        expected=expected,
        computed=computed,
    )


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and (isinstance(value, int) or math.isfinite(value))
    )


def verify(vector: Any, at: int = 0) -> Verdict:
    """One vector; `at` is its place in the file, for one without an id."""
    if not isinstance(vector, dict) or any(key not in vector for key in _KEYS):
        absent = [key for key in _KEYS if not isinstance(vector, dict) or key not in vector]
        name = str(vector.get("id", f"#{at + 1}")) if isinstance(vector, dict) else f"#{at + 1}"
        reason = say("no test vector: {absent} missing", "ليس قيمة مرجعية: ينقصه {absent}", absent=", ".join(absent))
        return Verdict(name, "", agrees=False, failed=True, problem=reason)
    name, model, expected, tolerance = (
        str(vector["id"]),
        str(vector["model"]),
        vector["expected"],
        vector.get("tolerance", 0),
    )

    def missed(problem: Text) -> Verdict:
        return Verdict(name, model, agrees=False, expected=expected, failed=True, problem=problem)

    if not _is_number(tolerance) or tolerance < 0:
        return missed(
            say(
                "tolerance {tolerance!r} is no number from 0 up; write an absolute one, such as 1e-8",
                "الهامش المقبول {tolerance} ليس عددًا من {least} فأكثر؛ يُكتب مقدار مطلق، مثل {such}",
                tolerance=tolerance,
                least=0,
                such="1e-8",
            )
        )
    try:
        computed = evaluate(vector["model"], vector["inputs"])
    except ComplianceError as error:
        reason = error.text if isinstance(error, Said) else verbatim(error)
        return missed(say("[{code}] {reason}", "[{code}] {reason}", code=verbatim(error.code), reason=reason))
    comparison = _Comparison(tolerance if "tolerance" in vector else None)
    comparison.hold(expected, computed)
    agrees = comparison.problem is None
    return Verdict(name, model, agrees, expected, computed, tolerance, comparison.difference, comparison.problem)


def verify_file(file: Path) -> list[Verdict]:
    """Every vector of a file, in its order.

    Raises:
        VectorFileError: the file cannot be read, is no JSON text, says one thing twice, or holds no list of vectors.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        # NaN and the infinities are no JSON: as texts they are a named miss of the one vector that holds them
        vectors = json.loads(text, parse_constant=str, object_pairs_hook=_once)
    except OSError as error:
        raise VectorFileError(file, say("cannot be read: {why}", "تعذّرت قراءته: {why}", why=refused(error))) from error
    except UnicodeDecodeError as error:
        reason = say("is no text in UTF-8: save it in UTF-8", "ليس نصًا بترميز {code}: يُحفظ به", code="UTF-8")
        raise VectorFileError(file, reason) from error
    except json.JSONDecodeError as error:
        reason = say("is no JSON: {message}", "ليس {json} سليمًا: {message}", json="JSON", message=error.msg)
        raise VectorFileError(file, reason, line=error.lineno) from error
    except _Twice as twice:
        raise VectorFileError(file, _said_twice(twice.key)) from twice
    except (ValueError, RecursionError) as error:
        reason = say(
            "holds a number of thousands of digits, or brackets thousands deep, which no vector needs",
            "فيه عدد من آلاف الأرقام، أو أقواس متداخلة بالآلاف، ولا تحتاج إليها أي قيمة مرجعية",
        )
        raise VectorFileError(file, reason) from error
    if not isinstance(vectors, list) or not vectors:
        raise VectorFileError(
            file,
            say(
                "must hold a JSON list of test vectors, at least one; docs/models.md shows one",
                "يجب أن يضم قائمة {json} فيها قيمة مرجعية واحدة على الأقل؛ وفي {page} مثال",
                json="JSON",
                page="docs/models.md",
            ),
        )
    return [verify(vector, at) for at, vector in enumerate(vectors)]


class _Twice(Exception):  # noqa: N818 - never leaves this file
    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand in it once: of two, one would be lost without a word."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return found


def _said_twice(key: str) -> Text:
    return say(
        "one object has the key {key!r} twice, and one of the two would be lost: keep one",
        "ورد المفتاح {key} مرتين في كائن واحد، وتضيع إحدى القيمتين: تُحذف إحداهما",
        key=key,
    )
