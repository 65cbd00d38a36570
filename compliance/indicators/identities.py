"""Positions that look like one person by their names, telephones, addresses and accounts (Splink, Fellegi-Sunter).

Pairs of positions that share an identifier, or a name together with the sponsor or the day of joining, are compared field
by field. How often a field agrees by chance is counted in these records; how often it agrees for one person is assumed
(`AGREES`), since nothing here is labelled. From both follows the probability of a match, and positions are joined into
clusters where it is high. Splink runs in a database of its own, in memory and offline; its result is the same every time.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants and from row numbers

from __future__ import annotations

import logging
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from compliance.indicators import phrases
from compliance.indicators.identifiers import TOGETHER, Shared, shared
from compliance.indicators.places import places
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, share
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

AGREES = {"person": 0.95, "bank": 0.7, "phone": 0.7, "email": 0.6, "address": 0.6}
"""How often an identifier agrees on two positions of one person, who may well have two telephones. Assumed, not learnt."""
NAME_SAME, NAME_LIKE = 0.6, 0.25
LIKENESS = 0.92
"""Jaro-Winkler similarity from which names are alike."""
NAME_LIKE_BY_CHANCE = 0.002
"""How often the names of two different people are alike without being the same. Assumed."""
SURE, LIKELY, CERTAIN = Fraction(95, 100), Fraction(1, 2), Fraction(99, 100)
MOST_CANDIDATES = 200_000
"""Positions that are compared at the most."""
MOST_LISTED = 2_000
PLACES = 10_000
"""Probabilities are kept to four digits."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs of positions that may be one person's."""

    pairs: pl.DataFrame
    """`one`, `other` (rows of people), `probability` (ten-thousandths), and for each field whether it agrees."""
    fields: tuple[str, ...]
    positions: int
    """Positions with any identifying value."""
    too_many: bool = False

    def cluster(self, least: Fraction) -> dict[int, int]:
        """Row to cluster, clusters numbered from 1 in order of their lowest row, for pairs of that probability."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        chosen = self.pairs.filter(pl.col("probability") >= int(least * PLACES))
        if chosen.is_empty():
            return {}
        rows = np.unique(chosen.select("one", "other").to_numpy())
        one, other = (np.searchsorted(rows, chosen[name].to_numpy()) for name in ("one", "other"))
        graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(len(rows), len(rows))).tocsr()
        _, component = connected_components(graph, directed=False)
        number = {label: at for at, label in enumerate(dict.fromkeys(component.tolist()), start=1)}
        return {int(row): number[label] for row, label in zip(rows.tolist(), component.tolist(), strict=True)}


def matches(records: Records) -> Matches:
    """The pairs of a snapshot, scored."""
    found = records.once(shared)
    fields = (*found.carried, "name") if found.named else found.carried
    empty = pl.DataFrame(schema={"one": pl.Int64, "other": pl.Int64, "probability": pl.Int64})
    if len(found.rows) > MOST_CANDIDATES:
        return Matches(empty, fields, found.positions, too_many=True)
    if not found.carried or found.rows.is_empty():
        return Matches(empty, fields, found.positions)
    return Matches(scored(found), fields, found.positions)


def scored(found: Shared) -> pl.DataFrame:
    """Splink's probability for every pair that shares a block."""
    import duckdb
    from splink import DuckDBAPI, Linker, block_on
    from splink.internals.settings_creator import SettingsCreator

    blocks = [*found.carried, *(TOGETHER if found.named else ())]
    with duckdb.connect() as database:
        database.execute("SET threads = 2")
        backend = DuckDBAPI(database)
        settings = SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="row",
            comparisons=_comparisons(found),
            blocking_rules_to_generate_predictions=[block_on(block) for block in blocks],
            probability_two_random_records_match=1 / max(found.positions, 2),
            retain_matching_columns=True,
            retain_intermediate_calculation_columns=False,
            linker_uid="identities",
        )
        linker = Linker(
            backend.register(found.rows.to_arrow()), settings, log_level=logging.ERROR, validate_settings=False
        )
        predicted = linker.inference.predict(threshold_match_probability=float(LIKELY), warning_mode="never")
        fields = [*found.carried, *(["name"] if found.named else [])]
        agree = ", ".join(f"gamma_{name} >= 1 AS same_{name}" for name in fields)
        frame: pl.DataFrame = database.sql(
            f"SELECT least(row_l, row_r)::BIGINT AS one, greatest(row_l, row_r)::BIGINT AS other,"
            f" round(match_probability * {PLACES})::BIGINT AS probability, {agree}"
            f" FROM {predicted.physical_name} ORDER BY one, other"
        ).pl()
    return frame


def _comparisons(found: Shared) -> list[Any]:
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons

    pairs = max(found.positions * (found.positions - 1) // 2, 1)
    made: list[Any] = []
    for column in found.carried:
        sharing = found.rows.drop_nulls(column).group_by(column).len()["len"].cast(pl.Int64)
        by_chance = max(int((sharing * (sharing - 1)).sum()) / 2, 1.0) / pairs
        by_chance = min(by_chance, 0.5)
        made.append(
            comparisons.CustomComparison(
                output_column_name=column,
                comparison_levels=[
                    levels.NullLevel(column),
                    levels.ExactMatchLevel(column).configure(m_probability=AGREES[column], u_probability=by_chance),
                    levels.ElseLevel().configure(m_probability=1 - AGREES[column], u_probability=1 - by_chance),
                ],
            )
        )
    if found.named:
        names = found.rows.drop_nulls("name").group_by("name").len()["len"].cast(pl.Int64)
        same = min(max(int((names * (names - 1)).sum()) / 2, 1.0) / pairs, 0.5)
        rest = 1 - same - NAME_LIKE_BY_CHANCE
        made.append(
            comparisons.CustomComparison(
                output_column_name="name",
                comparison_levels=[
                    levels.NullLevel("name"),
                    levels.ExactMatchLevel("name").configure(m_probability=NAME_SAME, u_probability=same),
                    levels.JaroWinklerLevel("name", LIKENESS).configure(
                        m_probability=NAME_LIKE, u_probability=NAME_LIKE_BY_CHANCE
                    ),
                    levels.ElseLevel().configure(m_probability=1 - NAME_SAME - NAME_LIKE, u_probability=rest),
                ],
            )
        )
    return made


_TOO_MANY = phrases.needs(
    "participants",
    "person",
    f"Needs fewer positions that share something: more than {MOST_CANDIDATES:,} are not compared here; split the records "
    "by country or branch.",
    f"يحتاج إلى مواضع أقل تشترك في بيان: لا يُقارن هنا أكثر من {phrases.isolate(f'{MOST_CANDIDATES:,}')} موضع؛ تُقسم السجلات "
    "بحسب الدولة أو الفرع.",
)
_NO_IDENTIFIER = phrases.needs(
    "participants",
    "phone",
    "Needs telephones, mail addresses, postal addresses, accounts or person numbers of participants: none is recorded.",
    "يحتاج إلى هواتف المشاركين أو بريدهم أو عناوينهم أو حساباتهم أو أرقام هوياتهم: لم يُسجَّل منها شيء.",
)


@indicator(
    id="identity_clusters",
    title=Text(en="Positions of people who hold several", ar="مواضع من يحمل أكثر من موضع"),
    definition=Text(
        en="Positions that by name, telephone, mail, address, account and person number are one person's together with "
        "another position, with a probability of at least 95%, over all positions with any of these.",
        ar="المواضع التي يدل الاسم والهاتف والبريد والعنوان والحساب ورقم الهوية على أن صاحبها صاحب موضع آخر باحتمال لا يقل عن "
        "95%، إلى كل المواضع التي لها شيء من هذه البيانات.",
    ),
    formula="positions in clusters of >= 2 at p >= 0.95 / positions with identifying values",
    source="Fellegi & Sunter 1969, by Splink; rule ind.position_stacking. Agreement within a person is assumed",
    unit="ratio",
    needs=("participants.id",),
    false_positives=Text(
        en="Couples and families at one address with one telephone; an agent who enters his own number for others; common "
        "names.",
        ar="أزواج وأسر لهم عنوان وهاتف واحد، ووكيل يُدخل رقمه عن غيره، وأسماء شائعة.",
    ),
)
def identity_clusters(records: Records) -> Outcome:
    """Positions in clusters; at other probabilities, positions beyond one a person, and agreement of a field beside it."""
    found = records.once(matches)
    if found.too_many:
        return Outcome(lacking(_TOO_MANY))
    if not any(name != "name" for name in found.fields):
        return Outcome(lacking(_NO_IDENTIFIER))
    clusters = found.cluster(SURE)

    def of(least: Fraction) -> Value:
        return share(len(found.cluster(least)), found.positions, people=True)

    exact = (
        found.pairs.filter(pl.any_horizontal([f"same_{name}" for name in found.fields if name != "name"]))
        if len(found.pairs)
        else found.pairs
    )
    agreeing = len(np.unique(exact.select("one", "other").to_numpy())) if len(exact) else 0
    people = len(set(clusters.values()))
    everyone = records.arrays("SELECT row::BIGINT AS row FROM people WHERE is_participant ORDER BY row")["row"]
    everyone = everyone.astype(np.int64)
    shown = np.isin(everyone, np.fromiter(clusters, np.int64, len(clusters)))
    apart = records.once(places).series(
        everyone, "ratio", lambda members: share(int(shown[members].sum()), len(members), people=True)
    )
    return Outcome(
        share(len(clusters), found.positions, people=True),
        numerator_label=Text(en="positions in clusters", ar="المواضع في المجموعات"),
        denominator_label=Text(en="positions with identifying values", ar="المواضع التي لها بيانات تعريف"),
        headline_label=Text(en="probability of at least 95%", ar="باحتمال لا يقل عن 95%"),
        alternatives=(
            alternative("half", Text(en="more likely than not", ar="الاحتمال أرجح من عدمه"), of(LIKELY)),
            alternative("certain", Text(en="probability of at least 99%", ar="باحتمال لا يقل عن 99%"), of(CERTAIN)),
            alternative(
                "beyond_one",
                Text(en="positions beyond one for each person", ar="المواضع الزائدة على موضع لكل شخص"),
                share(len(clusters) - people, found.positions, people=True),
            ),
            alternative(
                "with_equal_identifier",
                Text(
                    en="likely pairs in which an identifier is the same, names left aside",
                    ar="أزواج مرجحة يتساوى فيها بيان تعريف، دون النظر إلى الاسم",
                ),
                share(agreeing, found.positions, people=True),
            ),
        ),
        series=apart,
        evidence=records.evidence(
            _listed(found, clusters), count=min(len(clusters), MOST_LISTED), like=_listed(found, {})
        ),
        notes=_notes(len(clusters), people),
        period=records.joining_period,
    )


def _notes(positions: int, people: int) -> tuple[Text, ...]:
    notes = [
        Text(
            en=f"Clusters: {people:,}. Which fields agree stands beside each position; the values themselves are not shown.",
            ar=f"المجموعات: {phrases.isolate(f'{people:,}')}. ويظهر بجانب كل موضع ما اتفق من البيانات دون قيمها.",
        )
    ]
    if positions > MOST_LISTED:
        notes.append(phrases.shortened(MOST_LISTED, positions))
    return tuple(notes)


def _listed(found: Matches, clusters: dict[int, int]) -> str:
    """Positions by cluster, with their best probability and the fields that agree in any pair of theirs."""
    same = [f"same_{name}" for name in found.fields]
    values: list[str] = []
    if clusters:
        sure = found.pairs.filter(pl.col("probability") >= int(SURE * PLACES))
        both = pl.concat([sure.select(pl.col(name).alias("row"), "probability", *same) for name in ("one", "other")])
        best = both.group_by("row").agg(pl.col("probability").max(), *(pl.col(each).any() for each in same))
        for row in sorted(best.iter_rows(named=True), key=lambda each: (clusters[each["row"]], each["row"]))[
            :MOST_LISTED
        ]:
            agrees = ", ".join(str(bool(row[each])).lower() for each in same)
            values.append(f"({row['row']}, {clusters[row['row']]}, {row['probability']}, {agrees})")
    nothing = f"(-1, 0, 0, {', '.join(['NULL'] * len(same))})"
    columns = ", ".join(same)
    return f"""
        SELECT s.cluster, p.id, q.sponsor_id, q.joined, (s.probability / {PLACES}.0)::DECIMAL(5, 4) AS probability,
               {", ".join(f"s.{each}" for each in same)}, p.source_file, p.source_line
        FROM (VALUES {", ".join(values) or nothing}) AS s(row, cluster, probability, {columns})
        JOIN people q USING (row) JOIN participants p ON p.id = q.id
        ORDER BY s.cluster, p.id
    """
