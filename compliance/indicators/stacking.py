"""Stacked or ghost positions: groups of positions for which several independent signs say that one person holds them.

Positions that a run, a spine or broom, a burst of joining or a shared identifier ties together make a group. A signal
holds for a group if at least half of its positions show it; signals of one family count once. A group is reported from
three on, each position with its seven signals as columns. Nobody is named: evidence gives ids.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants and from row numbers

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from compliance.indicators import phrases
from compliance.indicators.places import places
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.indicators.stacking_signals import FAMILIES, SIGNALS, Ints, Signals, signals
from compliance.measurement import Series
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

ENOUGH = 3
"""Independent signals from which on a group is reported. Proposal of the reference, not validated on labelled cases."""
MOST_LISTED = 2_000
"""Positions that stand in the evidence."""

_NAMES = {
    "run": Text(en="long run of single recruits", ar="سلسلة طويلة من مشاركين لكل منهم مشارك مباشر واحد"),
    "burst": Text(en="burst of joining under one sponsor", ar="انضمام متلاحق تحت راعٍ واحد"),
    "identifier": Text(en="shared identifier", ar="بيان تعريف مشترك"),
    "exact_buyer": Text(en="buys exactly the qualifying amount", ar="يشتري مقدار التأهّل بالضبط"),
    "no_customer": Text(en="no customer, no further recruit", ar="بلا عميل ولا مشارك مباشر آخر"),
    "rank_timing": Text(en="first bought when the sponsor rose in rank", ar="أول شراء له في فترة ترقّي راعيه"),
    "shape": Text(en="long spine or broom", ar="عمود طويل أو شكل مكنسة"),
}


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of positions that signals tie together."""

    signals: Signals
    label: Ints
    """Group of each position; -1 for those that nothing ties to another."""
    families: Ints
    """By group: independent signals that hold for at least half of its positions."""
    sizes: Ints

    def positions(self, least: int) -> Ints:
        """Positions in groups with at least so many independent signals."""
        if not len(self.families):
            return np.empty(0, np.int64)
        return np.flatnonzero((self.label >= 0) & (self.families[self.label] >= least))


def groups(records: Records) -> Groups:
    """The groups of a snapshot."""
    return grouped(records.once(signals))


def grouped(found: Signals) -> Groups:
    """Puts positions into groups by what ties them together, and counts the families of signals of each."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(found.row)
    one = np.concatenate([each for each, _ in found.ties] or [np.empty(0, np.int64)])
    other = np.concatenate([each for _, each in found.ties] or [np.empty(0, np.int64)])
    if not len(one):
        return Groups(found, np.full(count, -1), np.empty(0, np.int64), np.empty(0, np.int64))
    graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(count, count)).tocsr()
    _, component = connected_components(graph, directed=False)
    tied = np.zeros(count, np.bool_)
    tied[one] = tied[other] = True
    _, numbered = np.unique(component[tied], return_inverse=True)  # in order of the first position, which is preorder
    label = np.full(count, -1, np.int64)
    label[tied] = numbered
    sizes = np.bincount(numbered)
    families = np.zeros(len(sizes), np.int64)
    for family in FAMILIES:
        holds = np.zeros(len(sizes), np.bool_)
        for name in family:
            if name in found.flags:
                showing = np.bincount(numbered, weights=found.flags[name][tied], minlength=len(sizes))
                holds |= 2 * showing >= sizes
        families += holds
    return Groups(found, label, families, sizes)


@indicator(
    id="position_stacking",
    title=Text(en="Groups of positions that look like one person's", ar="مجموعات مواضع يبدو أن صاحبها واحد"),
    definition=Text(
        en="Positions in groups for which at least three independent signs out of six hold (shape, burst of joining, "
        "shared identifier, exact qualifying purchases, no customer, rank timing), over all positions.",
        ar="المواضع الواقعة في مجموعات تتحقق لها ثلاث علامات مستقلة على الأقل من ست (الشكل، والانضمام المتلاحق، وبيان "
        "تعريف مشترك، ومشتريات بمقدار التأهّل بالضبط، وعدم وجود عميل، وتوقيت الرتبة) إلى كل المواضع.",
    ),
    formula="positions in groups with >= 3 independent signals / positions",
    source="models 3.5; rule ind.position_stacking. Runs: fringe of the uniform random recursive tree (Aldous 1991)",
    unit="ratio",
    needs=("participants.id", "participants.sponsor_id"),
    false_positives=Text(
        en="Families and couples who join one after another; forms that an office enters in a batch; a plan that places "
        "people under each other (sponsor links are read here, not placement).",
        ar="أسر وأزواج ينضمون تباعًا، واستمارات يُدخلها مكتب دفعة واحدة، وخطة تُدرج المشاركين بعضهم تحت بعض (تُقرأ هنا صلات "
        "الرعاية لا الإدراج).",
    ),
)
def position_stacking(records: Records) -> Outcome:
    """Positions in groups of three signals; two and four, and each signal by itself, beside it."""
    found = records.once(groups)
    positions = len(found.signals.row)
    if not positions:
        return Outcome(lacking(phrases.nobody()))

    able = sum(any(name in found.signals.flags for name in family) for family in FAMILIES)
    if able < ENOUGH:
        return Outcome(lacking(phrases.missing("participants.person"), phrases.missing("participants.joined")))

    def of(least: int) -> Value:
        return share(len(found.positions(least)), positions, people=True)

    flags = found.signals.flags
    reported = found.positions(ENOUGH)
    rows = found.signals.row[reported]
    reported_groups = np.unique(found.label[reported])
    by_signal = Series(
        id="by_signal",
        label=Text(
            en="Positions that show a signal, alone no sign of anything",
            ar="المواضع التي تظهر فيها علامة، وهي وحدها لا تدل على شيء",
        ),
        axis="category",
        unit="ratio",
        points=tuple(
            point(name, share(int(flags[name].sum()), positions, people=True)) for name in SIGNALS if name in flags
        ),
    )
    everyone = np.sort(found.signals.row)
    shown = np.isin(everyone, rows)
    apart = records.once(places).series(
        everyone, "ratio", lambda members: share(int(shown[members].sum()), len(members), people=True)
    )
    return Outcome(
        share(len(rows), positions, people=True),
        numerator_label=Text(en="positions in reported groups", ar="المواضع في المجموعات المذكورة"),
        denominator_label=Text(en="positions", ar="المواضع"),
        headline_label=Text(en="three independent signals", ar="ثلاث علامات مستقلة"),
        alternatives=(
            alternative("two_signals", Text(en="two independent signals", ar="علامتان مستقلتان"), of(ENOUGH - 1)),
            alternative("four_signals", Text(en="four independent signals", ar="أربع علامات مستقلة"), of(ENOUGH + 1)),
            alternative(
                "shared_identifier",
                Text(
                    en="positions that share an identifier, nothing else asked",
                    ar="المواضع التي تشترك في بيان تعريف دون شرط آخر",
                ),
                share(int(flags["identifier"].sum()), positions, people=True)
                if "identifier" in flags
                else lacking(phrases.missing("participants.person")),
            ),
        ),
        series=(by_signal, *apart),
        evidence=records.evidence(
            _listed(found, reported), count=min(len(reported), MOST_LISTED), like=_listed(found, reported[:0])
        ),
        notes=_notes(found, reported_groups),
        bound="exact" if len(flags) == len(SIGNALS) else "lower",
        period=records.joining_period,
    )


def _listed(found: Groups, reported: Ints) -> str:
    """The positions of reported groups with their signals, as a query that holds nothing but numbers and yes or no."""
    flags = found.signals.flags
    ordered = reported[np.argsort(found.label[reported], kind="stable")][:MOST_LISTED]
    number = {label: at for at, label in enumerate(dict.fromkeys(found.label[ordered].tolist()), start=1)}
    values = [
        f"({int(found.signals.row[at])}, {number[int(found.label[at])]}, {int(found.families[found.label[at]])}, "
        + ", ".join(str(bool(flags[name][at])).lower() if name in flags else "NULL" for name in SIGNALS)
        + ")"
        for at in ordered.tolist()
    ]
    nothing = f"(-1, 0, 0, {', '.join(['NULL'] * len(SIGNALS))})"
    columns = ", ".join(SIGNALS)
    return f"""
        SELECT s.grp AS "group", s.signals, p.id, q.sponsor_id, q.joined, {", ".join(f"s.{name}" for name in SIGNALS)},
               p.source_file, p.source_line
        FROM (VALUES {", ".join(values) or nothing}) AS s(row, grp, signals, {columns})
        JOIN people q USING (row) JOIN participants p ON p.id = q.id
        ORDER BY s.grp, q.pre
    """


def _notes(found: Groups, reported: Ints) -> tuple[Text, ...]:
    missing = [name for name in SIGNALS if name not in found.signals.flags]
    largest = int(found.sizes[reported].max()) if len(reported) else 0
    positions = int(found.sizes[reported].sum()) if len(reported) else 0
    notes = [
        Text(
            en=f"Groups reported: {len(reported):,}; the largest has {largest:,} positions. A run of more than "
            f"{found.signals.longest_run} members with one recruit each, or a spine of more than "
            f"{found.signals.longest_spine}, is unusual in a tree of this size.",
            ar=f"المجموعات المذكورة: {phrases.isolate(f'{len(reported):,}')}؛ وفي أكبرها من المواضع "
            f"{phrases.isolate(f'{largest:,}')}. وغير المعتاد في شجرة بهذا الحجم أن تزيد سلسلة مشاركين لكل منهم مشارك "
            f"مباشر واحد على {phrases.isolate(found.signals.longest_run)}، أو عمود على "
            f"{phrases.isolate(found.signals.longest_spine)}.",
        )
    ]
    if positions > MOST_LISTED:
        notes.append(phrases.shortened(MOST_LISTED, positions))
    if missing:
        notes.append(
            Text(
                en="Signals that the records cannot give: " + "; ".join(_NAMES[name].en for name in missing) + ".",
                ar="علامات لا تتيحها السجلات: " + "؛ ".join(_NAMES[name].ar for name in missing) + ".",
            )
        )
    return tuple(notes)
