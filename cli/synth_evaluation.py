"""Made-up companies through the whole of Downline: made, read, measured, judged, and scored against their truth."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from intake.progress import Progress, silent
from synthetic.scoring import Breach, Evaluation, Examined, Sign, evaluated, load_thresholds, naive_values

if TYPE_CHECKING:
    from compliance import Measurement, Records, Rule
    from synthetic import Company


def evaluate(
    participants: int,
    seeds: Iterable[int],
    months: int = 24,
    *,
    only: Iterable[str] | None = None,
    progress: Progress = silent,
) -> Evaluation:
    """Every kind (or those named), once for each seed.

    Args:
        participants: of each company.
        seeds: one company of each kind for each.
        months: length of the records.
        only: kinds.
        progress: told after each company.
    """
    from compliance import load_packs
    from synthetic import kinds, make

    thresholds, rules = load_thresholds(), load_packs()
    chosen, seeds = list(only or kinds()), tuple(seeds)
    examined = []
    for kind in chosen:
        for seed in seeds:
            examined.append(examine(make(kind, participants, seed, months), thresholds.signs, rules))
            progress("evaluate", len(examined) / (len(chosen) * len(seeds)))
    return evaluated(examined, thresholds, participants=participants, months=months, seeds=seeds)


def examine(company: Company, signs: Sequence[Sign], rules: Sequence[Rule]) -> Examined:
    """One company: its files read, every indicator measured, every rule judged.

    Without rules only the indicators of `signs` are measured.
    """
    from compliance import Records, judge, measure
    from compliance.indicators import REGISTRY
    from intake import read
    from synthetic import write

    with tempfile.TemporaryDirectory(prefix="downline-synth-") as work:
        files, tables = Path(work) / "files", Path(work) / "tables"
        write(company, files)
        reading = read([files], tables)
        with Records.open(tables, reading=reading, plan=company.plan) as records:
            figures = company.scenario.planted.figures
            asked = {sign.indicator for sign in signs} | {name.partition(".")[0] for name in figures}
            only = None if rules else asked & REGISTRY.keys()
            measured = {each.id: each for each in measure(records, only)}
            found = judge(rules, measured.values())
            rows = {sign.id: _rows(records, company, sign, measured) for sign in signs if _has_rows(company, sign)}
        naive = naive_values(
            pl.read_parquet(tables / "participants.parquet", columns=["id", "sponsor_id"]),
            pl.read_parquet(tables / "orders.parquet", columns=["buyer_id", "amount"]),
            pl.read_parquet(tables / "payouts.parquet", columns=["participant_id", "amount"]),
        )
    return Examined(
        kind=company.scenario.id,
        seed=company.seed,
        values={sign.id: _value(sign.id, measured, sign) for sign in signs},
        figures={name: _value(name, measured) for name in figures},
        naive={name: str(value) for name, value in naive.items()},
        breaches=tuple(
            Breach(
                rule=each.rule.id,
                pack=each.rule.pack,
                severity=each.rule.severity,
                indicator=each.rule.indicator,
            )
            for each in found
            if each.state == "breached"
        ),
        rows=rows,
    )


def _value(name: str, measured: dict[str, Measurement], sign: Sign | None = None) -> str | None:
    """A measured figure as a fraction; for a sign that must be clear, the end of its interval nearer to harmless."""
    from compliance.measurement import MAIN

    indicator, _, alternative = name.partition(".")
    if indicator not in measured:
        return None
    # what could not be measured has no alternatives either
    found = [each for each in measured[indicator].variants if each.id == (alternative or MAIN)]
    if not found or found[0].fraction is None:
        return None
    if sign is not None and sign.clearly and (interval := found[0].interval) is not None:
        return str(Fraction(interval.high if sign.at_most is not None else interval.low))
    return str(found[0].fraction)


def _has_rows(company: Company, sign: Sign) -> bool:
    return sign.rows in company.scenario.planted.rows


def _rows(records: Records, company: Company, sign: Sign, measured: dict[str, Measurement]) -> tuple[int, int, int]:
    """Rows planted, rows that the evidence lists, and rows both."""
    from synthetic.writing import truth

    label = truth(company)["rows"][sign.rows]
    planted = {each for one in label for each in (one if isinstance(one, list) else [one])}
    evidence = measured[sign.indicator].evidence if sign.indicator in measured else None
    listed: set[str] = set()
    if evidence is not None and sign.column in evidence.columns:
        for batch in records.batches(evidence, size=100_000):
            listed.update(batch[sign.column].drop_nulls().to_list())
    return len(planted), len(listed), len(planted & listed)
