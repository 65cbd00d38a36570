"""What a report holds, before it is a page: figures, findings, rows and provenance, each already computed.

The model is complete in itself, so that a report can be rendered again from JSON years later, in another language
or another form, without the records.
"""

from __future__ import annotations

from compensation.reading import Reading
from compensation.steps import Step
from compliance.findings import Finding
from compliance.measurement import Measurement
from compliance.overview import Overview
from compliance.programme import ProgrammeReading
from intake.frozen import Frozen
from intake.text import Text

FORM = 3
"""Version of the report's model. 1 had no reading of affiliate and referral programmes; in 2 every definition of a
measurement and every series had the unit of its headline."""


class SourceFile(Frozen):
    """A file as received, and what became of its rows."""

    name: str
    sha256: str
    bytes: int
    table: str | None
    rows_in: int
    accepted: int
    refused: int


class Refusal(Frozen):
    """Refused rows of one file for one reason."""

    file: str
    code: str
    count: int
    hint: str


class Fault(Frozen):
    """Something wrong in the structure of the tree, and by which rule it was repaired."""

    code: str
    count: int
    text: Text
    repair: Text | None
    examples: tuple[str, ...]


class Tie(Frozen):
    """Recorded against recomputed, summed for one component and result; minor units."""

    component: str
    status: str
    lines: int
    recorded: int
    recomputed: int
    difference: int


class CauseSum(Frozen):
    """Differences of one component that one cause explains; minor units."""

    component: str
    cause: str
    text: Text
    lines: int
    difference: int


class PlanResult(Frozen):
    """The plan, what it pays, and how that compares with the records."""

    title: Text
    reading: Reading
    """The plan in plain words, its worst case, and what regulators look at."""
    ties: tuple[Tie, ...]
    causes: tuple[CauseSum, ...] = ()
    """Why recorded and recomputed differ, as far as trying the causes tells."""
    explained: tuple[Step, ...] = ()
    """The arithmetic of the largest payment of each component."""
    not_recorded: tuple[Text, ...]


class Rows(Frozen):
    """The first rows behind a measurement, as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    in_whole_units: bool = False
    """Whether sums of money are written in whole units, while the query gives minor ones."""


class Pack(Frozen):
    """A rule pack as it was when the report was made."""

    name: str
    sha256: str
    rules: int
    enabled: int


class Assumed(Frozen):
    """A number that the analyst chose, or left at its default."""

    name: str
    meaning: Text
    value: str | None
    """As written; None where there is none, so that what needs it was not measured."""
    chosen: bool
    """Whether it is another than the default."""


class Provenance(Frozen):
    """What is needed to make the same report again and to see that it is the same."""

    snapshot: str
    analysis: str
    program: str
    rules_on: str
    """The day on which the rules had to be in force."""
    packs: tuple[Pack, ...]
    plan_sha256: str | None
    assumptions: tuple[Assumed, ...]
    command: str
    """To be run in the folder of the analysis, or in `data/provenance` of a bundle: plan and own packs lie there."""


class CheckedFigure(Frozen):
    """A figure that the data sheet states, beside the one that came out; both as written for people."""

    id: str
    stated: str
    found: str | None
    agrees: bool


class Report(Frozen):
    """Everything the report says."""

    title: Text
    about: Text | None
    overview: Overview
    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...]
    rows: dict[str, Rows]
    """By id of the measurement."""
    faults: tuple[Fault, ...]
    files: tuple[SourceFile, ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[Text, ...]
    """What intake noticed: ambiguous dates, unmapped columns, ..."""
    limits: tuple[Text, ...]
    plan: PlanResult | None
    figures: tuple[CheckedFigure, ...]
    programme: ProgrammeReading | None = None
    """What kind of programme the records look like, and what is asked of that kind."""
    provenance: Provenance
    form: int = FORM
    """Version of this model: what a reader of the JSON form looks at first."""

    def measurement(self, id: str) -> Measurement | None:  # noqa: A002 - it is an id
        """The measurement of that id, if it was made."""
        return next((measurement for measurement in self.measurements if measurement.id == id), None)
