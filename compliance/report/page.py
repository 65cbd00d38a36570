"""What a page of the report asks for: texts in one language, and figures written for people.

Every figure passes through `compliance.figures`. On an Arabic page whatever is written from left to right (numbers,
codes, citations) stands in an isolate, so that `86 F.T.C. 1106` and `-25` keep their order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from markupsafe import Markup

from compliance.figures import isolate, show, show_of, show_term
from compliance.findings import Finding, FindingGroup, grouped, state_label
from compliance.measurement import MAIN, Alternative, Measurement, Series
from compliance.report import charts
from compliance.report.model import Report
from compliance.report.words import FORCE, SEVERITY, WORDS
from compliance.rules import SEVERITIES, load_pack, pack_names
from intake.text import Language, Text

LEVELS_DRAWN = 30
GRAVE = ("critical", "high")
ORDER = "order-on-one-company"
"""The kind of source that binds the company which it names, and no other."""
JUDGED = ("breached", "borderline", "met")


class Page:
    """What the template asks for: texts in one language, and figures written for people."""

    def __init__(self, report: Report, language: Language, *, paper: bool = False) -> None:
        self.report = report
        self.paper = paper
        """Whether it is printed: then nothing can be folded, and what other forms hold in full is told shortly."""
        self.language: Language = language
        self.arabic = language == "ar"
        self.groups = grouped(report.findings)

    # Words and figures

    def word(self, key: str, **values: object) -> str:
        """A label, with its placeholders filled."""
        return WORDS[key].in_language(self.language).format(**values)

    def text(self, text: Text | None) -> str:
        """A text in the page's language; on an Arabic page with every left-to-right run in an isolate."""
        if text is None:
            return ""
        return isolate_runs(text.ar) if self.arabic else text.en

    def label(self, kind: str, key: str) -> str:
        """A label from one of the small vocabularies: kind of source, severity; the title of a rule pack."""
        if kind == "pack":
            return self.text(load_pack(key).title) if key in pack_names() else key
        vocabulary = {"force": FORCE, "severity": SEVERITY}[kind]
        return self.text(vocabulary[key]) if key in vocabulary else key

    def number(self, value: int) -> str:
        """A count, grouped."""
        return self.text(show(Fraction(value), "count"))

    def share(self, part: int, whole: int) -> str:
        """A part of a whole as percent; a dash where there is no whole."""
        return self.text(show(Fraction(part, whole), "ratio")) if whole else "–"

    def money(self, minor: int) -> str:
        """A sum of the main currency; whole units where nothing is lost by it."""
        overview = self.report.overview
        unit = 10**overview.scale
        scale = 0 if minor % unit == 0 else overview.scale
        return self.text(show(Fraction(minor, unit), "money", currency=overview.currency, scale=scale))

    def value(self, measurement: Measurement, variant: Alternative | None = None) -> str:
        """The value of a measurement, with its bound in words."""
        chosen = variant or measurement.variant()
        if chosen.fraction is None:
            return self.text(state_label("not_measurable", "context"))
        shown = self.text(show_of(measurement, chosen.fraction, chosen))
        bound = {"upper": "at_most", "lower": "at_least"}.get(chosen.bound)
        return f"{self.word(bound)} {shown}" if bound else shown

    def interval(self, measurement: Measurement, variant: Alternative | None = None) -> dict[str, str] | None:
        """Low, high and level of an interval, the headline's unless a variant is named, written for people."""
        chosen = variant or measurement.variant()
        interval = chosen.interval
        if interval is None:
            return None
        return {
            "low": self.text(show_of(measurement, Fraction(interval.low), chosen)),
            "high": self.text(show_of(measurement, Fraction(interval.high), chosen)),
            "level": self.text(show(Fraction(interval.level), "ratio")).replace(".0%", "%"),
        }

    def term(self, measurement: Measurement, term: int | None, of: Alternative | Series | None = None) -> str:
        """A numerator or denominator of a definition (None: the headline) or of a series."""
        return "" if term is None else self.text(show_term(measurement, term, of))

    def measured(self, id: str) -> Measurement | None:  # noqa: A002 - it is an id
        """A measurement that has a value."""
        found = self.report.measurement(id)
        return found if found is not None and found.measurable else None

    def apart(self, value: str) -> str:
        """A foreign value in the page's text: in an isolate where the text runs from right to left."""
        return isolate(value) if self.arabic else value

    @property
    def semicolon(self) -> str:
        """The semicolon of the page's script."""
        return "؛" if self.arabic else ";"

    @property
    def comma(self) -> str:
        """The comma of the page's script, with its space."""
        return "، " if self.arabic else ", "

    def period(self) -> str:
        """From when to when payments were recorded, and from when to when people joined."""
        o = self.report.overview
        parts = [
            self.word(key, start=self.apart(period.start), end=self.apart(period.end))
            for key, period in (("period_money", o.money_period), ("period_joined", o.joining_period))
            if period is not None
        ]
        return f"{self.semicolon} ".join(parts) or self.word("no_period")

    def span(self, interval: dict[str, str]) -> str:
        """`from low to high` of an interval."""
        return self.word("span", **interval)

    # Findings

    def state_word(self, group: FindingGroup) -> str:
        """The state of a group in words."""
        return self.text(group.lead.state_label)

    def in_state(self, *states: str) -> list[FindingGroup]:
        """Groups in one of the states, in reading order."""
        return [group for group in self.groups if group.state in states]

    def weighed(self) -> list[list[Finding]]:
        """Findings whose figure a grave instrument names without setting a number, gathered by figure.

        Gravest first; figures that only indicators of ours name are left to the list of findings.
        """
        named: dict[tuple[str | None, str], list[Finding]] = {}
        for finding in self.report.findings:
            if finding.state == "reference" and finding.rule.threshold is None and finding.value is not None:
                named.setdefault((finding.measurement, finding.rule.reads), []).append(finding)
        grave = [
            sorted(findings, key=lambda each: SEVERITIES.index(each.rule.severity))
            for findings in named.values()
            if any(each.severity in GRAVE and each.rule.legal_force != "indicator" for each in findings)
        ]
        return sorted(grave, key=lambda findings: SEVERITIES.index(findings[0].rule.severity))

    def count_state(self, state: str) -> int:
        """How many findings are in a state."""
        return sum(finding.state == state for finding in self.report.findings)

    def where(self, finding: Finding) -> str:
        """Country, instrument, article and year of a finding's rule."""
        rule = finding.rule
        article = self.text(rule.article)
        parts = [self.text(rule.instrument), *([article] if article not in ("", "-", "–", "—") else [])]
        if rule.year is not None and str(rule.year) not in parts[0]:
            parts.append(self.apart(str(rule.year)))
        prefix = "" if rule.jurisdiction == "XX" else f"{self.apart(rule.jurisdiction)} · "
        return prefix + self.comma.join(parts)

    def headline(self, finding: Finding) -> str:
        """The figure of a finding in one line: what it is, under which definition, and the limit."""
        measurement = self.report.measurement(finding.measurement) if finding.measurement else None
        if measurement is None or finding.value_shown is None:
            return self.text(finding.sentence)
        shown = self.text(measurement.title)
        if finding.rule.reads != MAIN:
            shown += f" ({self.text(measurement.variant(finding.rule.reads).label)})"
        shown += f": {self.text(finding.value_shown)}"
        if finding.limit_shown is not None:
            key = "asks_for" if finding.direction == "asks" else "met_by"
            shown += f" ({self.word(key, limit=self.text(finding.limit_shown))})"
        return shown

    def instruments(self, findings: Sequence[Finding]) -> str:
        """The instruments of some findings, each once; indicators of ours only where there is nothing else.

        One that binds a single company says so: whoever reads no further must not take it for law that binds all.
        """
        named = []
        for finding in _of_law(findings):
            said = self.where(finding)
            named.append(f"{said} ({self.word('binds_one')})" if finding.rule.legal_force == ORDER else said)
        return (" ؛ " if self.arabic else "; ").join(dict.fromkeys(named))

    def from_orders(self) -> str:
        """How many of the limits not kept and signs met rest on nothing but orders on single companies; empty for none."""
        met = self.in_state("breached")
        only = sum(all(each.rule.legal_force == ORDER for each in _of_law(self.met(group))) for group in met)
        return self.word("from_orders", count=self.number(only), all=self.number(len(met))) if only else ""

    def met(self, group: FindingGroup) -> list[Finding]:
        """The findings of a group that are in the group's state."""
        return [finding for finding in group.hooks if finding.state == group.state]

    def intake_totals(self) -> dict[str, str]:
        """Rows in, accepted and refused over all files."""
        files = self.report.files
        return {
            "rows_in": self.number(sum(file.rows_in for file in files)),
            "accepted": self.number(sum(file.accepted for file in files)),
            "refused": self.number(sum(file.refused for file in files)),
        }

    def nothing_met(self) -> str:
        """What to say where no warning sign is met: of how many rules that could be judged."""
        judged = sum(finding.state in JUDGED for finding in self.report.findings)
        return self.word("signs_none", judged=self.number(judged), rules=self.number(len(self.report.findings)))

    def tally(self) -> dict[str, str]:
        """How many findings there are in each state."""
        context = self.count_state("gate") + self.count_state("reference")
        return {
            "rules": self.number(len(self.report.findings)),
            "packs": self.comma.join(self.label("pack", pack.name) for pack in self.report.provenance.packs),
            "context": self.number(context),
            **{
                state: self.number(self.count_state(state))
                for state in ("breached", "borderline", "met", "question", "not_measurable")
            },
        }

    def unmeasured(self) -> list[Measurement]:
        """Measurements that could not be made."""
        return [measurement for measurement in self.report.measurements if not measurement.measurable]

    def unmeasured_by_need(self) -> list[tuple[str, list[str]]]:
        """What the records would have to carry first, with the titles of the measurements that lack it; the need that
        most measurements share first. A measurement stands under the first thing that it lacks."""
        needs: dict[str, list[str]] = {}
        for measurement in self.unmeasured():
            needs.setdefault(self.text(measurement.missing[0].text), []).append(self.text(measurement.title))
        return sorted(needs.items(), key=lambda each: -len(each[1]))

    # Pictures

    def months_chart(self) -> Markup:
        """Money in and out by month."""
        months = self.report.overview.by_month
        title = self.word("chart_months")
        series = [
            charts.Bars(self.word("in"), "in", [month.paid_in for month in months]),
            charts.Bars(self.word("out"), "out", [month.paid_out for month in months]),
        ]
        shown = [[self.money(value) for value in bars.values] for bars in series]
        highest = self.money(max(max(month.paid_in, month.paid_out) for month in months))
        labels = [month.month for month in months]
        return Markup(charts.columns(labels, series, title=title, shown=shown, highest=highest))  # noqa: S704

    def joined_chart(self) -> Markup:
        """New participants by month."""
        months = self.report.overview.by_month
        series = [charts.Bars(self.word("joined"), "people", [month.joined for month in months])]
        shown = [[self.number(month.joined) for month in months]]
        labels = [month.month for month in months]
        highest = self.number(max(month.joined for month in months))
        title = self.word("chart_joined")
        return Markup(charts.columns(labels, series, title=title, shown=shown, highest=highest))  # noqa: S704

    def levels(self) -> list[tuple[str, int]]:
        """People by level; very deep trees end in one line for the rest."""
        profile = list(self.report.overview.members_by_level)
        rows = [(str(level), count) for level, count in enumerate(profile[:LEVELS_DRAWN])]
        if len(profile) > LEVELS_DRAWN:
            rows.append(
                (
                    self.text(WORDS["levels_more"]).format_map({"from": LEVELS_DRAWN}),
                    sum(profile[LEVELS_DRAWN:]),
                )
            )
        return rows

    def levels_chart(self) -> Markup:
        """People by level."""
        levels = self.levels()
        return Markup(  # noqa: S704 - our own drawing, its texts escaped
            charts.rows(
                [label for label, _ in levels],
                [count for _, count in levels],
                [self.number(count) for _, count in levels],
                title=self.word("chart_levels"),
                arabic=self.arabic,
            )
        )

    def lorenz_chart(self) -> Markup | None:
        """The Lorenz curve of payouts, where it was measured."""
        concentration = self.measured("payout_concentration")
        if concentration is None:
            return None
        series = next((series for series in concentration.series if series.id == "lorenz"), None)
        if series is None:
            return None
        points = [(0.0, 0.0), *((float(point.x), point.number or 0.0) for point in series.points)]
        return Markup(  # noqa: S704 - our own drawing, its texts escaped
            charts.curve(
                sorted(set(points)),
                title=self.word("chart_lorenz"),
                across=self.word("lorenz_across"),
                up=self.word("lorenz_up"),
            )
        )


def _of_law(findings: Sequence[Finding]) -> Sequence[Finding]:
    return [finding for finding in findings if finding.rule.legal_force != "indicator"] or findings


_ISOLATED = re.compile("([\u2066-\u2068][^\u2066-\u2069]*\u2069)")
_RUN = re.compile(r"[A-Za-z0-9§][^\u0600-\u06ff«»\n]*[A-Za-z0-9%)]|[A-Za-z0-9]")


def isolate_runs(text: str) -> str:
    """An Arabic text with its left-to-right runs (citations, codes, numbers with signs) in isolates.

    What stands in an isolate already is left alone; a closing bracket belongs to the run only with its opening one.

    >>> isolate_runs("عام 1996 (أ)") == "عام \u20661996\u2069 (أ)"
    True
    """
    parts = _ISOLATED.split(text)
    return "".join(part if index % 2 else _RUN.sub(_isolated, part) for index, part in enumerate(parts))


def _isolated(match: re.Match[str]) -> str:
    run, rest = match.group(), ""
    while run.endswith(")") and run.count(")") > run.count("("):
        run, rest = run[:-1].rstrip(), ")" + rest
    return isolate(run) + rest
