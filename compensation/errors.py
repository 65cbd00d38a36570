"""What can go wrong in this room, one typed hierarchy.

    CompensationError              compensation
    ├── PlanError                  plan-invalid           the plan file has mistakes; all of them at once
    ├── PlanMismatch               plan-mismatch          plan and records do not fit together
    │   ├── UnknownTree            unknown-tree           the plan walks a tree that the records do not have
    │   ├── UnknownScale           unknown-scale          nobody said how many decimals a currency has
    │   └── NotRepresentable       not-representable      an amount of the plan is finer than the currency
    ├── AmountOverflow             amount-overflow        an amount does not fit 64 bits; nothing was rounded
    ├── TooManyLines               too-many-lines         more payout lines than the caller allows
    ├── NothingToExplain           nothing-to-explain     no such line, participant, period or order
    └── BrokenExample              broken-example         a published example cannot be read

A mistake in a plan is a value (`Mistake`), so that a program can count and show them; misuse and records that
do not fit are exceptions. Every message names what was found, where, and the way out.
"""

# ruff: noqa: N818 - the names say what happened; "Error" at the end of each adds nothing
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


class CompensationError(Exception):
    """Any error of this room; `code` names it for programs."""

    code = "compensation"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a plan file: where it stands, what is wrong, and the nearest right thing."""

    file: str
    line: int
    """1-based; 0 when the plan did not come from a file."""
    column: int
    path: str
    """As in `components[0].rates[2]`; empty for the document itself."""
    problem: str
    value: str | None = None
    nearest: str | None = None
    """What was probably meant, or the list of what is allowed."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        where = f" {self.path}:" if self.path else ""
        found = f" (found {self.value!r})" if self.value is not None else ""
        hint = f"; {self.nearest}" if self.nearest else ""
        return f"{place}:{where} {self.problem}{found}{hint}"


class PlanError(CompensationError):
    """The plan cannot be used; `mistakes` lists everything that is wrong with it, in the file's order."""

    code = "plan-invalid"

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda m: (m.line, m.column, m.path)))
        count = len(self.mistakes)
        head = "the plan has one mistake" if count == 1 else f"the plan has {count} mistakes"
        super().__init__("\n".join([f"{head}:", *(f"  {mistake}" for mistake in self.mistakes)]))

    @classmethod
    def of(
        cls, file: Path | str, problem: str, *, line: int = 0, column: int = 0, nearest: str | None = None
    ) -> PlanError:
        """A plan with a single mistake that concerns the file as a whole."""
        return cls([Mistake(str(file), line, column, "", problem, None, nearest)])


class PlanMismatch(CompensationError):
    """Plan and records do not fit together."""

    code = "plan-mismatch"


class UnknownTree(PlanMismatch):
    """The plan walks a tree that the records do not have."""

    code = "unknown-tree"

    def __init__(self, who: str, tree: str, available: Sequence[str]) -> None:
        have = ", ".join(sorted(available)) or "none"
        super().__init__(
            f"{who} walks the {tree!r} tree, which the records do not have (they have: {have}); "
            f"name one of these in the plan, or import the column that holds it"
        )


class UnknownScale(PlanMismatch):
    """Nobody said how many decimals a currency has."""

    code = "unknown-scale"

    def __init__(self, currency: str) -> None:
        super().__init__(
            f"the number of decimals of currency {currency!r} is unknown: it is no ISO 4217 code; "
            f"declare it in the data sheet (currencies: {{{currency}: 6}}) or in the plan (decimals: 6)"
        )


class NotRepresentable(PlanMismatch):
    """An amount of the plan, or its rounding, is finer than the unit in which the records keep money."""

    code = "not-representable"

    def __init__(self, where: str, value: str, currency: str, scale: int) -> None:
        super().__init__(
            f"{where}: {value} cannot be kept, the records hold {currency} with {scale} decimals; "
            f"declare more decimals in the data sheet (currencies: {{{currency}: ...}}) or change the plan"
        )


class AmountOverflow(CompensationError):
    """An amount does not fit a 64-bit integer; nothing was rounded or cut."""

    code = "amount-overflow"

    def __init__(self, component: str, detail: str) -> None:
        super().__init__(
            f"{component}: {detail} does not fit 64-bit integers; "
            f"declare fewer decimals for the currency, or write the plan's rates with smaller denominators"
        )


class TooManyLines(CompensationError):
    """More payout lines than the caller allows."""

    code = "too-many-lines"

    def __init__(self, lines: int, limit: int) -> None:
        super().__init__(
            f"the plan yields more than {limit:,} payout lines ({lines:,} so far); "
            f"raise the limit, or compute with lines=False to get totals only"
        )


class NothingToExplain(CompensationError):
    """No such line, participant, period or order among the computed payouts."""

    code = "nothing-to-explain"


class BrokenExample(CompensationError):
    """A published example cannot be read, or lacks what an example needs."""

    code = "broken-example"

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
