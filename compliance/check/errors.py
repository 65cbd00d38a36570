"""Every way in which a check without records says no.

ComplianceError
  CheckInputError          check-input             a cost, a share or a choice that makes no sense
  IncomeTableError         income-table            a published table that cannot be read; names file and line
  CheckBusy                check-busy              too many PDFs are being read at once
"""

from __future__ import annotations

from compliance.errors import ComplianceError
from intake.text import NOTHING, Text, say, verbatim


class CheckInputError(ComplianceError):
    """A cost, a share or a choice that makes no sense.

    Attributes:
        name: which input; `income.median` for a part of one.
        value: as given.
    """

    code = "check-input"

    def __init__(self, name: str, value: object, reason: Text) -> None:
        self.name, self.value, self.reason = name, str(value), reason
        parts = {"name": name, "value": value, "reason": reason}
        super().__init__(say("{name}: {value!s}: {reason}", "{name}: {value!s}: {reason}", **parts))


class IncomeTableError(ComplianceError):
    """A published income table that cannot be read.

    Attributes:
        file: its name.
        line: 1-based line of the mistake, where it has one.
        value: the cell as found, where it has one.
        page, sheet: where in a PDF or a workbook, 1-based page.
    """

    code = "income-table"

    def __init__(
        self,
        file: str,
        reason: Text,
        *,
        line: int | None = None,
        value: str | None = None,
        page: int | None = None,
        sheet: str | None = None,
    ) -> None:
        self.file, self.line, self.value, self.page, self.sheet = file, line, value, page, sheet
        self.reason = reason
        place = [verbatim(file)]
        place += [] if page is None else [say("page {page}", "الصفحة {page}", page=page)]
        place += [] if sheet is None else [say("sheet {sheet!r}", "الورقة {sheet!r}", sheet=sheet)]
        place += [] if line is None else [say("line {line}", "السطر {line}", line=line)]
        shown = NOTHING if value is None else say("{value!r} ", "{value!r} ", value=value)
        where = Text(en=", ".join(each.en for each in place), ar="، ".join(each.ar for each in place))
        super().__init__(
            say("{where}: {shown}{reason}", "{where}: {shown}{reason}", where=where, shown=shown, reason=reason)
        )

    def on(self, *, page: int | None, sheet: str | None) -> IncomeTableError:
        """The same mistake, on a page of a PDF or a sheet of a workbook."""
        return IncomeTableError(self.file, self.reason, line=self.line, value=self.value, page=page, sheet=sheet)


class CheckBusy(ComplianceError):  # noqa: N818 - reads as what it says
    """Too many PDFs are being read at once."""

    code = "check-busy"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            say(
                "other PDFs are being read and none ended within {seconds:.0f} seconds; try again in a minute",
                "الخدمة مشغولة بقراءة ملفات PDF أخرى. مدة الانتظار: {seconds:.0f} ث. يُرجى المحاولة بعد دقيقة",
                seconds=seconds,
            )
        )
