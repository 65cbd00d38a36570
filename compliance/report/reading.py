"""Reads a report back from its JSON form, years later if need be; one of another form is refused with the way out."""

from __future__ import annotations

import json

from compliance.errors import ComplianceError
from compliance.report.model import FORM, Report
from intake.text import say


class OtherForm(ComplianceError):  # noqa: N818 - reads as what it says
    """A report that another version of the program wrote.

    Attributes:
        found: the version of its form; None where it states none.
    """

    code = "report-of-another-form"

    def __init__(self, found: object) -> None:
        self.found = found
        super().__init__(
            say(
                "the report of this analysis has form {found}, and this version of Downline reads form {form}; analyse the "
                "case again (downline analyze)",
                "صيغة تقرير هذا التحليل {found}، وهذا الإصدار من Downline يقرأ الصيغة {form}. يُرجى إعادة تحليل ملف الفحص "
                "({command})",
                found="–" if found is None else found,
                form=FORM,
                command="downline analyze",
            )
        )


def read_report(written: bytes | str) -> Report:
    """A report from JSON.

    Raises:
        OtherForm: another version of the program wrote it.
    """
    content = json.loads(written)
    found = content.get("form") if isinstance(content, dict) else None
    if found != FORM:
        raise OtherForm(found)
    return Report.model_validate_json(written)
