"""Every way in which a check without records says no.

ComplianceError
  CheckInputError          check-input             a cost, a share or a choice that makes no sense
  IncomeTableError         income-table            a published table that cannot be read; names file and line
"""

from __future__ import annotations

from compliance.errors import ComplianceError


class CheckInputError(ComplianceError):
    """A cost, a share or a choice that makes no sense."""

    code = "check-input"

    def __init__(self, name: str, value: object, reason: str) -> None:
        self.value = str(value)
        super().__init__(f"{name}: {value!s}: {reason}")


class IncomeTableError(ComplianceError):
    """A published income table that cannot be read.

    Attributes:
        file: its name.
        line: 1-based line of the mistake, where it has one.
        value: the cell as found, where it has one.
    """

    code = "income-table"

    def __init__(self, file: str, reason: str, *, line: int | None = None, value: str | None = None) -> None:
        self.file, self.line, self.value = file, line, value
        place = file if line is None else f"{file}, line {line}"
        shown = "" if value is None else f"{value!r} "
        super().__init__(f"{place}: {shown}{reason}")
