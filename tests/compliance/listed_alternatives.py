"""What `compliance/indicators/alternatives.yaml` must hold, gathered from measured companies and from the code.

Run as a program it writes the file again: what was measured, what the code names, and what stood there already and is
still named somewhere in the code (an alternative that none of these companies shows, under a name put together)."""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from compliance import Records
from compliance.indicators import REGISTRY, catalogue
from compliance.indicators.alternatives import LISTED, listed_alternatives
from compliance.measurement import Measurement

CODE = LISTED.parent
HEAD = """\
# The other definitions of each indicator, with their units: what a rule may name in `alternative` and `definitions`.
# Written by `python -m tests.compliance.listed_alternatives`; a new alternative is added by running that again.
"""

Names = dict[str, dict[str, str]]


def of_measurements(measurements: Iterable[Measurement]) -> Names:
    """The alternatives of some measurements, with their units."""
    return {each.id: {one.id: each.unit_of(one) for one in each.alternatives} for each in measurements}


def in_code() -> Iterator[tuple[str, str | None, str]]:
    """Module, indicator (None in a helper that several may call) and id of every alternative named in full."""
    for file in sorted(CODE.glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                indicator = _declared(function)
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "alternative" and call.args:
                        first = call.args[0]
                        if isinstance(first, ast.Constant):
                            yield file.stem, indicator, str(first.value)


def _declared(function: ast.FunctionDef) -> str | None:
    for mark in function.decorator_list:
        if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "indicator":
            return next(str(ast.literal_eval(word.value)) for word in mark.keywords if word.arg == "id")
    return None


def _companies() -> Iterator[list[Measurement]]:
    from intake import read
    from synthetic import kinds, make, write

    for kind in [None, *kinds()]:
        with tempfile.TemporaryDirectory() as work:
            files, tables = Path(work) / "files", Path(work) / "tables"
            plan = None
            if kind is None:
                files = CODE.parents[1] / "datasets" / "beehive"
            else:
                company = make(kind, 400, 1, 24)
                write(company, files)
                plan = company.plan
            reading = read([files], tables)
            with Records.open(tables, reading=reading, plan=plan) as records:
                yield [each.measure(records) for each in catalogue()]


def gathered() -> Names:
    """Everything that the file must hold."""
    found: Names = {}
    for measurements in _companies():
        for indicator, names in of_measurements(measurements).items():
            found.setdefault(indicator, {}).update(names)
    for _, indicator, name in in_code():
        if indicator is not None:
            found.setdefault(indicator, {}).setdefault(name, REGISTRY[indicator].unit)
    code = "\n".join(file.read_text(encoding="utf-8") for file in CODE.glob("*.py"))
    for indicator, names in listed_alternatives().items() if LISTED.is_file() else ():
        for name, unit in names.items():
            if indicator in REGISTRY and re.search(rf"\b{re.escape(name)}\b", code):
                found.setdefault(indicator, {}).setdefault(name, unit)
    return found


def main() -> None:
    """Writes the file again, in the order of the catalogue."""
    found = gathered()
    ordered = {each.id: found[each.id] for each in catalogue() if found.get(each.id)}
    LISTED.write_text(HEAD + yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True), encoding="utf-8")


if __name__ == "__main__":
    main()
