"""Rule cases: YAML tests that a lawyer writes beside a rule, and the few lines that run them.

A case names a rule, states a figure (or an answer), and says which state must come out. Titles and labels
are filled in, so that a case holds only what decides it. `python -m compliance.rules.cases FILE...` runs
files and names every case that came out otherwise, with its line; `--pack FILE` adds a pack of one's own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from compliance.entries import read_entries
from compliance.errors import ComplianceError
from compliance.findings import Finding, State
from compliance.judge import judge_rule
from compliance.measurement import Bound, Interval, Measurement, Missing, Unit
from compliance.questionnaire import Answer
from compliance.rules.known import pack_names
from compliance.rules.load import load_packs
from compliance.rules.model import Rule
from intake.frozen import Frozen
from intake.text import Text

_HARMLESS = Text(en="Harmless things can look the same.", ar="قد تبدو أمور عادية على هذه الصورة.")
_LACKING = Missing(table="payouts", text=Text(en="Needs the table payouts.", ar="يحتاج إلى جدول الدفعات."))


class Variant(Frozen):
    """Another definition of the figure of a case."""

    id: str
    value: str | None = None
    numerator: int | None = None
    denominator: int | None = None
    interval: Interval | None = None
    bound: Bound = "exact"


class Figure(Frozen):
    """The measurement of a case: only what decides it."""

    unit: Unit
    value: str | None
    numerator: int | None = None
    denominator: int | None = None
    currency: str | None = None
    scale: int | None = None
    interval: Interval | None = None
    bound: Bound = "exact"
    alternatives: tuple[Variant, ...] = ()

    def measurement(self, indicator: str) -> Measurement:
        """The figure as a measurement of an indicator, with the words filled in."""
        return Measurement.model_validate(
            {
                **self.model_dump(exclude={"alternatives"}),
                "id": indicator,
                "title": Text(en=f"Figure {indicator}", ar="القيمة المقيسة"),
                "definition": Text(en="what is counted", ar="ما يُعدّ"),
                "formula": "numerator / denominator",
                "source": "a rule case",
                "missing": [_LACKING] if self.value is None else [],
                "numerator_label": Text(en="counted", ar="المعدود"),
                "denominator_label": Text(en="whole", ar="الكل"),
                "alternatives": [
                    {
                        **other.model_dump(),
                        "unit": self.unit,
                        "label": Text(en=f"reading {other.id}", ar=f"القراءة {other.id}"),
                        "missing": [_LACKING] if other.value is None else [],
                    }
                    for other in self.alternatives
                ],
                "false_positives": _HARMLESS,
            }
        )


class Reply(Frozen):
    """The answer of a case to the rule's question."""

    value: str
    who: str
    when: date
    document: str | None = None


class Expectation(Frozen):
    """What must come out; what is not named is not compared."""

    state: State
    compares: Literal["true", "false", "unclear"] | None = None
    flips_at_numerator: int | None = None
    margin: str | None = None
    enabled: bool = True
    """Whether the rule is switched on: false where its source was not seen."""


class RuleCase(Frozen):
    """One case."""

    name: str
    rule: str
    measurement: Figure | None = None
    answer: Reply | None = None
    expect: Expectation

    def finding(self, rule: Rule) -> Finding:
        """The finding of the rule in this case."""
        measured = None if self.measurement is None else self.measurement.measurement(rule.indicator or "none")
        answered = None if self.answer is None else Answer(rule=rule.id, **self.answer.model_dump())
        return judge_rule(rule, measured, answered)

    def differences(self, rule: Rule) -> list[str]:
        """Where the finding is not what the case expects; empty when all is well."""
        finding = self.finding(rule)
        found = {key: getattr(rule if key == "enabled" else finding, key) for key in Expectation.model_fields}
        return [
            f"{key}: expected {getattr(self.expect, key)!r}, found {found[key]!r}"
            for key in sorted({*self.expect.model_fields_set, "enabled"})
            if getattr(self.expect, key) != found[key]
        ]


def load_cases(file: Path) -> list[tuple[int, RuleCase]]:
    """The cases of a file, each with the line on which it starts.

    Raises:
        RulePackError: the file is not a list of cases; names line and key.
    """
    wanted = Text(
        en="a file of cases is a list; each has name, rule and expect",
        ar="ملف الحالات قائمة، لكل منها ⁨name⁩ و⁨rule⁩ و⁨expect⁩",
    )
    return read_entries(file, RuleCase, wanted)


def run_cases(files: Iterable[Path], rules: Sequence[Rule] | None = None) -> list[str]:
    """Runs files of cases against the rules (all packs by default); one line for each that came out
    otherwise."""
    known = {rule.id: rule for rule in (load_packs() if rules is None else rules)}
    failures = []
    for file in files:
        for line, case in load_cases(file):
            if case.rule not in known:
                failures.append(f"{file.name}, line {line}: {case.name}: no rule is called {case.rule}")
                continue
            failures += [f"{file.name}, line {line}: {case.name}: {it}" for it in case.differences(known[case.rule])]
    return failures


def main(arguments: Sequence[str]) -> int:
    """Runs the files named and prints what came out otherwise; the number of failures decides the exit
    code."""
    options = argparse.ArgumentParser(prog="python -m compliance.rules.cases", description="Run the cases of rules.")
    options.add_argument("--pack", type=Path, action="append", default=[], help="a rule pack of your own (YAML)")
    options.add_argument("files", type=Path, nargs="+", help="files of cases (YAML)")
    chosen = options.parse_args(arguments)
    try:
        failures = run_cases(chosen.files, load_packs([*pack_names(), *chosen.pack]))
    except ComplianceError as error:
        failures = [str(error)]
    sys.stdout.write("".join(f"{failure}\n" for failure in failures) or "every case came out as expected\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
