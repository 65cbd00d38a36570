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

from intake.text import NOTHING, Said, Text, placed, say, verbatim


class CompensationError(Said):
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
    problem: Text
    value: str | None = None
    nearest: Text | None = None
    """What was probably meant, or the list of what is allowed."""

    @property
    def text(self) -> Text:
        """Place, problem, value and the way out, on one line."""
        place = verbatim(f"{self.file}:{self.line}:{self.column}" if self.line else self.file)
        where = say(" {path}:", " {path}:", path=self.path) if self.path else NOTHING
        found = NOTHING if self.value is None else say(" (found {it!r})", " (الموجود: {it!r})", it=self.value)
        hint = NOTHING if self.nearest is None else say("; {nearest}", "؛ {nearest}", nearest=self.nearest)
        parts = {"place": place, "where": where, "problem": self.problem, "found": found, "hint": hint}
        return say("{place}:{where} {problem}{found}{hint}", "{place}:{where} {problem}{found}{hint}", **parts)

    @property
    def hint(self) -> Text:
        """What is wrong, and the way out, without the place."""
        if self.nearest is None:
            return self.problem
        return say("{problem}; {nearest}", "{problem}؛ {nearest}", problem=self.problem, nearest=self.nearest)

    def __str__(self) -> str:
        return self.text.en


class PlanError(CompensationError):
    """The plan cannot be used; `mistakes` lists everything that is wrong with it, in the file's order."""

    code = "plan-invalid"

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda m: (m.line, m.column, m.path)))
        count = len(self.mistakes)
        one = Text(en="the plan has one mistake", ar="في الخطة خطأ واحد")
        head = one if count == 1 else say("the plan has {count} mistakes", "أخطاء الخطة: {count}", count=count)
        lines = [mistake.text for mistake in self.mistakes]
        listed = Text(en="\n".join(f"  {line.en}" for line in lines), ar="\n".join(f"  {line.ar}" for line in lines))
        super().__init__(say("{head}:\n{listed}", "{head}:\n{listed}", head=head, listed=listed))

    @classmethod
    def of(
        cls, file: Path | str, problem: Text, *, line: int = 0, column: int = 0, nearest: Text | None = None
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
        have = verbatim(", ".join(sorted(available))) if available else Text(en="none", ar="لا شيء")
        super().__init__(
            say(
                "{who} walks the {tree!r} tree, which the records do not have (they have: {have}); "
                "name one of these in the plan, or import the column that holds it",
                "يتبع {who} الشجرة {tree!r}، وهي غير موجودة في السجلات (الموجود فيها: {have}). "
                "يُرجى تسمية إحداها في الخطة، أو استيراد العمود الذي يحملها",
                who=who,
                tree=tree,
                have=have,
            )
        )


class UnknownScale(PlanMismatch):
    """Nobody said how many decimals a currency has."""

    code = "unknown-scale"

    def __init__(self, currency: str) -> None:
        super().__init__(
            say(
                "the number of decimals of currency {currency!r} is unknown: it is no ISO 4217 code; "
                "declare it in the data sheet ({example}) or in the plan (decimals: 6)",
                "عدد المنازل العشرية للعملة {currency!r} غير معروف، فليست من رموز ISO 4217. "
                "يُرجى تحديده في ورقة البيانات ({example}) أو في الخطة (⁨decimals: 6⁩)",
                currency=currency,
                example=f"currencies: {{{currency}: 6}}",
            )
        )


class NotRepresentable(PlanMismatch):
    """An amount of the plan, or its rounding, is finer than the unit in which the records keep money."""

    code = "not-representable"

    def __init__(self, where: str, value: str, currency: str, scale: int) -> None:
        super().__init__(
            say(
                "{where}: {value} cannot be kept, the records hold {currency} with {scale} decimals; "
                "declare more decimals in the data sheet ({example}) or change the plan",
                "{where}: لا يمكن حفظ {value}، فعدد المنازل العشرية للعملة {currency} في السجلات {scale}. "
                "يُرجى تحديد منازل أكثر في ورقة البيانات ({example}) أو تعديل الخطة",
                where=where,
                value=value,
                currency=currency,
                scale=scale,
                example=f"currencies: {{{currency}: ...}}",
            )
        )


class AmountOverflow(CompensationError):
    """An amount does not fit a 64-bit integer; nothing was rounded or cut."""

    code = "amount-overflow"

    def __init__(self, component: str, detail: Text) -> None:
        super().__init__(
            say(
                "{component}: {detail} does not fit 64-bit integers; "
                "declare fewer decimals for the currency, or write the plan's rates with smaller denominators",
                "{component}: {detail} أكبر مما تتسع له أعداد 64 بت. "
                "يُرجى تحديد منازل عشرية أقل للعملة، أو كتابة نسب الخطة بمقامات أصغر",
                component=component,
                detail=detail,
            )
        )


class TooManyLines(CompensationError):
    """More payout lines than the caller allows."""

    code = "too-many-lines"

    def __init__(self, lines: int, limit: int) -> None:
        super().__init__(
            say(
                "the plan yields more than {limit:,} payout lines ({lines:,} so far); "
                "raise the limit, or compute with lines=False to get totals only",
                "تعطي الخطة أسطر عمولات أكثر من {limit:,} (حتى الآن {lines:,}). "
                "يُرجى رفع الحد، أو الحساب بالخيار ⁨lines=False⁩ للحصول على المجاميع فقط",
                limit=limit,
                lines=lines,
            )
        )


class NothingToExplain(CompensationError):
    """No such line, participant, period or order among the computed payouts."""

    code = "nothing-to-explain"


class BrokenExample(CompensationError):
    """A published example cannot be read, or lacks what an example needs."""

    code = "broken-example"

    def __init__(self, file: Path, problem: Text) -> None:
        super().__init__(placed(problem, file=file))
