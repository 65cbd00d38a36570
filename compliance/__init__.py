"""The law: what the records show, measured; what the instruments say, as data; and what follows from the two.

Three steps, kept strictly apart:

1. **Measure.** `Records.open(folder)` opens a snapshot that intake wrote. `measure(records)` runs every indicator
   over it and gives a list of `Measurement`s: a value with its numerator and denominator as exact integers, the
   interval where it is a share of people, the same figure under the other definitions that parties argue for,
   series for charts, the query that gives the rows behind it, and what the data sheet says the records do not
   carry. What cannot be computed has no value and says what it needs; that is never a pass. An indicator
   contains no law. They live in `compliance.indicators`, one themed module each.

2. **Load rules.** `load_packs(["us", "eg"])` reads the packs of `compliance/rules`: one YAML entry for each rule,
   with instrument, article, source, dates, threshold, severity, wording in two languages and the strongest
   objection to it. A rule contains no code: it names an indicator.

3. **Judge.** `judge(rules, measurements, answers)` holds one against the other and gives `Finding`s: the limit
   kept or not, borderline, not measurable, or a question that a person must answer; how far from the
   threshold, the value at which it flips, and the defence. The words "this is a pyramid scheme" do not occur.

What the modules hold:

- `measurement`: the model of a figure; `records`, `facts`, `fact_tables`, `people`: the snapshot and the tables derived from it;
  `assumptions`: numbers that an analyst chooses; `statistics`, `survival`, `rank_correlation`, `enrolment_fits`: statistics
  with honest intervals; `models`: the field's mathematics, each model by its name;
- `indicators`: what is measured; `overview`: headline counts; `programme`: which kind of programme it looks like;
- `rules`, `judge`, `defence`, `answered`, `findings`, `questionnaire`: the law as data and its application; `changes`: what
  came out otherwise, and why; `report`: pages, PDF, workbook;
- `check`: a company without its records;
- `errors`: everything this room raises on purpose.

Money is int64 in minor units of one currency; currencies are never mixed or converted. Shares are fractions of
integers. Floats appear only where a chart is drawn.

    from compliance import Records, judge, load_packs, measure

    with Records.open(snapshot) as records:
        measurements = measure(records)
        page = records.rows(measurements[0].evidence, limit=50)
    findings = judge(load_packs(["general"]), measurements, ())
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.judge import judge
from intake.on_demand import on_demand

if TYPE_CHECKING:
    from compliance.assumptions import Assumptions
    from compliance.errors import ComplianceError
    from compliance.findings import Finding
    from compliance.indicators import catalogue, measure
    from compliance.measurement import Evidence, Measurement
    from compliance.records import Records
    from compliance.rules import Rule, load_packs

__all__ = [
    "Assumptions",
    "ComplianceError",
    "Evidence",
    "Finding",
    "Measurement",
    "Records",
    "Rule",
    "catalogue",
    "judge",
    "load_packs",
    "measure",
]

_HOMES = {
    "Assumptions": "assumptions",
    "ComplianceError": "errors",
    "Evidence": "measurement",
    "Finding": "findings",
    "Measurement": "measurement",
    "Records": "records",
    "Rule": "rules",
    "catalogue": "indicators",
    "load_packs": "rules",
    "measure": "indicators",
}

__getattr__ = on_demand(__name__, _HOMES)
