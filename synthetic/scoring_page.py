"""The evaluation as a page to read: tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from synthetic.scoring import Evaluation, FigureScore, RowScore, Score


def as_markdown(evaluation: Evaluation) -> str:
    """The whole page."""
    baselines = evaluation.baselines
    companies = f"{len(evaluation.seeds)} companies of each kind, {evaluation.participants:,} participants"
    lines = [
        "# What the indicators find in companies whose truth is known",
        "",
        f"{companies}, {evaluation.months} months, seeds {_listed(evaluation.seeds)}; made by `downline synth`, read by intake,",
        "measured, and judged by every rule pack without anybody's answers. **Found** is the number of companies with the",
        "planted pattern in which the sign shows; **false alarms** are those that must stay quiet and do not. Companies",
        "about which a scenario says nothing are not counted. The thresholds belong to this evaluation; rule packs have",
        "their own.",
        "",
        "These companies are made up. The figures say what an indicator does on a pattern in its pure form, and not how",
        "often it would be right in the world.",
        "",
        "## Indicators",
        "",
        "The columns on the right are rules of thumb, judged on the same companies (found, false alarms):",
        "",
        *(f"- **{name}**: {text}" for name, text in baselines.items()),
        "",
        *_table(
            ("indicator", "warns", "found", "false alarms", *baselines),
            [
                (
                    f"`{sign.id}`",
                    sign.threshold,
                    sign.score.recall,
                    sign.score.false_alarms,
                    *(_both(sign.naive[name]) for name in baselines),
                )
                for sign in evaluation.signs
            ],
        ),
        "",
        "Where a threshold comes from:",
        "",
        *(f"- `{sign.id}` {sign.threshold}: {sign.why}" for sign in evaluation.signs),
        "",
        "## Where they were wrong",
        "",
        "Why, where it follows from the definition: the figure is what it should be, and this evaluation counts it as wrong.",
        "",
        *(_wrong(evaluation) or ["Nowhere."]),
        "",
        "## Rules of thumb as verdicts on whole companies",
        "",
        *_table(
            ("rule of thumb", "found", "false alarms"),
            [
                (text, evaluation.verdict[name].recall, evaluation.verdict[name].false_alarms)
                for name, text in baselines.items()
            ],
        ),
        "",
        *_figures(evaluation.figures),
        *_rows(evaluation.rows),
        "## Companies that are no pyramid under the rule packs",
        "",
        "Rules of severity critical or high that came out as breached, in at least one company of the kind, by pack:",
        "",
        *(f"- **{kind}**: {', '.join(rules) if rules else 'none'}" for kind, rules in evaluation.breaches.items()),
    ]
    return "\n".join(lines) + "\n"


def _wrong(evaluation: Evaluation) -> list[str]:
    lines = []
    for sign in evaluation.signs:
        parts = []
        missed = [kind for kind in sign.missed if kind not in sign.unmeasured]
        if missed:
            parts.append(f"missed in {_listed(missed)}")
        if sign.unmeasured:
            parts.append(f"not measurable in {_listed(sign.unmeasured)}")
        if sign.alarmed:
            parts.append(f"false alarm in {_listed(sign.alarmed)}")
        if parts:
            lines.append(f"- `{sign.id}`: {'; '.join(parts)}" + (f". {sign.inherent}" if sign.inherent else ""))
    return lines


def _figures(scores: Sequence[FigureScore]) -> list[str]:
    if not scores:
        return []
    return [
        "## Planted figures",
        "",
        "What a measurement must come to, since the company was made so:",
        "",
        *_table(
            ("kind", "measurement", "planted", "why", "measured", "as planted"),
            [
                (
                    each.kind,
                    f"`{each.id}`",
                    f"{each.planted}, within {each.within}",
                    each.why,
                    _listed("-" if one is None else one for one in each.measured),
                    f"{each.met}/{len(each.measured)}",
                )
                for each in scores
            ],
        ),
        "",
    ]


def _rows(scores: Sequence[RowScore]) -> list[str]:
    if not scores:
        return []
    return [
        "## Single rows",
        "",
        "How far the rows behind a figure are the planted ones:",
        "",
        *_table(
            ("indicator", "label", "planted", "listed", "of the planted", "of the listed"),
            [
                (
                    f"`{each.id}`",
                    each.label,
                    f"{each.planted:,}",
                    f"{each.listed:,}",
                    _percent(each.both, each.planted),
                    _percent(each.both, each.listed),
                )
                for each in scores
            ],
        ),
        "",
    ]


def _both(score: Score) -> str:
    return f"{score.recall}, {score.false_alarms}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "-"


def _listed(words: Iterable[object]) -> str:
    return ", ".join(str(word) for word in words)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(headings)} |",
        f"|{'---|' * len(headings)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
