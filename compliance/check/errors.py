"""Every way in which a check without records says no.

ComplianceError
  CheckInputError          check-input             a cost, a share or a choice that makes no sense
  IncomeTableError         income-table            a published table that cannot be read; names file and line
  CheckBusy                check-busy              too many PDFs are being read at once
"""

from __future__ import annotations

from compliance.errors import ComplianceError


class CheckInputError(ComplianceError):
    """A cost, a share or a choice that makes no sense.

    Attributes:
        name: which input; `income.median` for a part of one.
        value: as given.
    """

    code = "check-input"

    def __init__(self, name: str, value: object, reason: str) -> None:
        self.name, self.value, self.reason = name, str(value), reason
        super().__init__(f"{name}: {value!s}: {reason}")


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
        reason: str,
        *,
        line: int | None = None,
        value: str | None = None,
        page: int | None = None,
        sheet: str | None = None,
    ) -> None:
        self.file, self.line, self.value, self.page, self.sheet = file, line, value, page, sheet
        self.reason = reason
        place = [file]
        place += [] if page is None else [f"page {page}"]
        place += [] if sheet is None else [f"sheet {sheet!r}"]
        place += [] if line is None else [f"line {line}"]
        shown = "" if value is None else f"{value!r} "
        super().__init__(f"{', '.join(place)}: {shown}{reason}")

    def on(self, *, page: int | None, sheet: str | None) -> IncomeTableError:
        """The same mistake, on a page of a PDF or a sheet of a workbook."""
        return IncomeTableError(self.file, self.reason, line=self.line, value=self.value, page=page, sheet=sheet)


class CheckBusy(ComplianceError):  # noqa: N818 - reads as what it says
    """Too many PDFs are being read at once."""

    code = "check-busy"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"other PDFs are being read and none ended within {seconds:.0f} seconds; try again in a minute"
        )
