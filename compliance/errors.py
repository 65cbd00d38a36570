"""Every way in which the compliance room says no.

    ComplianceError            code: compliance
      RecordsError             records-unreadable      a folder that is not a snapshot, a damaged table
        AmountsTooLarge        amounts-too-large       amounts whose sum is beyond 64 bits of minor units
      UnknownIndicator         unknown-indicator       a name that no indicator has
      EvidenceError            evidence-refused        a query that is not a reading one, or that fails
      RulePackError            rule-pack               a pack with mistakes; names file, line and value
      UnknownPack              unknown-rule-pack       a jurisdiction for which there is no pack
      UnknownModel             unknown-model           a name that no model of the library has
      ModelInputError          model-input             an input that a model cannot answer
      VectorFileError          vector-file             a file of reference values that cannot be read
      WrongAssumption          wrong-assumption        an analyst's number that there is not, or that cannot be

Messages name the file, the value and the way out; a caller shows `str(error)` and never a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from intake.closest import closest
from intake.text import Said, Text, placed, say

LARGEST_SUM = 2**63 - 1
"""Minor units: the largest sum of a table's amounts that is counted."""


class ComplianceError(Said):
    """Root of everything this room raises on purpose."""

    code: ClassVar[str] = "compliance"


class RecordsError(ComplianceError):
    """A folder that cannot be opened as a snapshot of records."""

    code = "records-unreadable"

    def __init__(self, folder: Path, reason: Text) -> None:
        self.folder = folder
        super().__init__(say("{folder}: {reason}", "{folder}: {reason}", folder=folder, reason=reason))


class AmountsTooLarge(RecordsError):  # noqa: N818 - reads as what it says
    """The amounts of a table add up to more than can be counted in minor units.

    Attributes:
        table: orders, payouts, returns or computed.
        total: the sum of the amounts, in minor units.
        file: where the largest amount stands.
        line: of that file.
    """

    code = "amounts-too-large"

    def __init__(
        self, folder: Path, *, table: str, total: int, currency: str, scale: int, amount: int, file: str, line: int
    ) -> None:
        self.table, self.total, self.file, self.line = table, total, file, line
        super().__init__(
            folder,
            say(
                "the amounts of the table {table} in {currency} add up to {total:,} minor units ({scale} decimals), and no"
                " more than {most:,} can be counted. The largest, {amount:,}, stands in {file}, line {line}: check"
                " it. If it is right, declare a smaller scale for {currency} under `currencies` in the data sheet",
                "مجموع مبالغ الجدول {table} بعملة {currency} بأصغر وحدة نقدية {total:,} (المنازل العشرية: {scale})،"
                " ولا يُعدّ أكثر من {most:,}. أكبرها {amount:,} في الملف {file}، السطر {line}. يُرجى التحقق منه."
                " وإن كان صحيحًا فيمكن تحديد منازل أقل للعملة {currency} تحت currencies في ورقة البيانات",
                table=table,
                currency=currency,
                total=total,
                scale=scale,
                most=LARGEST_SUM,
                amount=amount,
                file=file,
                line=line,
            ),
        )


class UnknownIndicator(ComplianceError):  # noqa: N818 - reads as what it says
    """An indicator was asked for that does not exist."""

    code = "unknown-indicator"

    def __init__(self, names: Iterable[str], known: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            say(
                "no indicator is called {names}; there are: {known}",
                "لا مؤشر باسم {names}. الموجود: {known}",
                names=", ".join(self.names),
                known=", ".join(known),
            )
        )


class EvidenceError(ComplianceError):
    """A query for evidence was refused or failed."""

    code = "evidence-refused"

    def __init__(self, sql: str, reason: Text) -> None:
        self.sql = sql
        super().__init__(
            say(
                "{reason}; the query was: {query}",
                "{reason}. نص الاستعلام: {query}",
                reason=reason,
                query=" ".join(sql.split())[:300],
            )
        )


class RulePackError(ComplianceError):
    """A rule pack with mistakes in it.

    Attributes:
        file: the pack; or what else holds the mistake, such as the third answer.
        line: 1-based line of the first mistake, where known.
    """

    code = "rule-pack"

    def __init__(self, file: Path | str | Text, reason: Text, *, line: int | None = None) -> None:
        self.file = file.en if isinstance(file, Text) else file
        self.line = line
        if isinstance(file, Text):
            super().__init__(say("{what}: {reason}", "{what}: {reason}", what=file, reason=reason))
        else:
            super().__init__(placed(reason, file=file, line=line))


class UnknownPack(ComplianceError):  # noqa: N818 - reads as what it says
    """A jurisdiction was asked for that has no pack."""

    code = "unknown-rule-pack"

    def __init__(self, names: Iterable[str], known: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            say(
                "there is no rule pack for {names}; there are: {known}",
                "لا توجد حزمة قواعد باسم {names}. الموجود: {known}",
                names=", ".join(self.names),
                known=", ".join(known),
            )
        )


class UnknownModel(ComplianceError):  # noqa: N818 - reads as what it says
    """A model was asked for that the library does not have."""

    code = "unknown-model"

    def __init__(self, name: str, near: str | None) -> None:
        self.name = name
        meant = (
            say("did you mean {near}?", "هل المقصود {near}؟", near=near)
            if near
            else say("{page} lists them all", "وهي مذكورة كلها في {page}", page="docs/models.md")
        )
        super().__init__(
            say("no model is called {name!r}; {meant}", "لا نموذج باسم {name}؛ {meant}", name=name, meant=meant)
        )


class ModelInputError(ComplianceError):
    """An input that a model cannot answer.

    Attributes:
        model: its name.
        key: the input.
        value: what was given; None where nothing was.
    """

    code = "model-input"

    def __init__(self, model: str, key: str, value: object, reason: Text) -> None:
        self.model, self.key, self.value = model, key, value
        given = "" if value is None else f" = {str(value)[:60]}"
        joint = " " if reason.en.startswith(("is ", "must ", "has ", "holds ", "stands ")) else ": "
        super().__init__(
            say(
                "{model}: {input}{joint}{reason}",
                "{model}: {input}: {reason}",
                model=model,
                input=f"{key}{given}",
                joint=joint,
                reason=reason,
            )
        )


class VectorFileError(ComplianceError):
    """A file of reference values that cannot be read; names the file, and the line where one is known."""

    code = "vector-file"

    def __init__(self, file: Path, reason: Text, *, line: int | None = None) -> None:
        self.file, self.line = str(file), line
        super().__init__(placed(reason, file=file, line=line))


class WrongAssumption(ComplianceError):  # noqa: N818 - reads as what it says
    """An assumption that there is not, or a value that it cannot have."""

    code = "wrong-assumption"

    @classmethod
    def unwritten(cls, written: str) -> WrongAssumption:
        """No name and value."""
        return cls(
            say(
                "the assumption {written!r} is not written as NAME=VALUE, such as allowance=200",
                "الافتراض {written!r} غير مكتوب بالصيغة ⁨NAME=VALUE⁩، مثل ⁨allowance=200⁩",
                written=written,
            )
        )

    @classmethod
    def unknown(cls, name: str, known: Iterable[str]) -> WrongAssumption:
        """A name that no assumption has."""
        near = closest(name, known)
        meant = Text(en="", ar="") if near is None else say("did you mean {near}? ", "هل المقصود {near}؟ ", near=near)
        return cls(
            say(
                "no assumption is called {name!r}; {meant}There are: {known}",
                "لا افتراض باسم {name!r}؛ {meant}والافتراضات هي: {known}",
                name=name,
                meant=meant,
                known=", ".join(known),
            )
        )

    @classmethod
    def twice(cls, name: str) -> WrongAssumption:
        """The same one again."""
        return cls(
            say(
                "the assumption {name} is given twice; give it once",
                "ورد الافتراض {name} مرتين؛ يُذكر مرة واحدة",
                name=name,
            )
        )

    @classmethod
    def value(cls, name: str, value: str, mistake: Text, meaning: Text) -> WrongAssumption:
        """A value that it cannot have."""
        return cls(
            say(
                "the assumption {name}={value} {mistake}: {meaning}",
                "الافتراض {name}={value}: {mistake}. {meaning}",
                name=name,
                value=value,
                mistake=mistake,
                meaning=meaning,
            )
        )
