"""Ranks in plain words: how they are qualified for, and why somebody holds this rank and not the next.

`describe` is for a plan's reading. `explain` tells one participant's rank in a period from the very figures it was
computed from: each condition of the rank he has and of the one above it, with its figure against the least it must be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.standing import requirements_words as words
from compensation.standing.measuring import Measuring
from compensation.standing.requirements import Requirements
from compensation.steps import Step
from intake.text import Text

if TYPE_CHECKING:
    from compensation.evaluation import Evaluation
    from compensation.frame import Ranks

_NONE = Text(en="no rank", ar="بلا رتبة")


def describe(ranks: Ranks) -> Text:
    """Where ranks come from and what each asks for."""
    listed = ", ".join(ranks.order)
    if ranks.source != "qualified":
        source = {
            "participants": Text(en="as the list of participants states", ar="كما وردت في قائمة المشاركين"),
            "ranks": Text(en="as the company states for each period", ar="كما تذكرها الشركة لكل فترة"),
            "purchases": Text(en="bought: an order of a rank's name gives it", ar="تُشترى: طلبٌ باسم الرتبة يمنحها"),
        }[ranks.source]
        return Text(
            en=f"Ranks, lowest first ({listed}), {source.en}.",
            ar=f"الرتب من الأدنى إلى الأعلى ({listed})، {source.ar}.",
        )
    parts = [
        Text(
            en=f"Ranks, lowest first ({listed}), are computed in every period.",
            ar=f"تُحتسب الرتب في كل فترة، وهي من الأدنى إلى الأعلى: {listed}.",
        )
    ]
    for name, asked in ranks.qualifications.items():
        told = words.describe(asked)
        parts.append(Text(en=f"{name}: {told.en}.", ar=f"{name}: {told.ar}."))
    if ranks.cumulative:
        parts.append(
            Text(en="A rank also asks for what lower ranks ask.", ar="وتشترط كل رتبة ما تشترطه الرتب الأدنى منها.")
        )
    maintained = {**dict.fromkeys(ranks.qualifications, ranks.maintain.periods), **ranks.maintain.by_rank}
    for name, periods in maintained.items():
        if periods > 1:
            parts.append(
                Text(
                    en=f"{name} is given after {periods} such periods in a row.",
                    ar=f"تُمنح {name} بعد استيفاء شروطها فترات متتالية عددها {periods}.",
                )
            )
    if ranks.grace:
        parts.append(
            Text(
                en=f"A rank that is missed is kept for a number of periods: {ranks.grace}.",
                ar=f"تبقى الرتبة عند عدم استيفاء شروطها فترات سماح عددها {ranks.grace}.",
            )
        )
    if ranks.demotion == "step":
        parts.append(
            Text(en="Then one rank is lost per period.", ar="ثم تنخفض الرتبة درجة واحدة عن كل فترة.")
        )  # fmt: skip
    if ranks.starts_from == "participants":
        parts.append(
            Text(
                en="Before the first period, ranks are those of the list of participants.",
                ar="وقبل أول فترة تؤخذ الرتب من قائمة المشاركين.",
            )
        )
    if ranks.pay_as == "title":
        parts.append(Text(en="Pay goes by the highest rank ever held.", ar="وتُصرف العمولات بحسب أعلى رتبة سبق بلوغها."))
    return Text(en=" ".join(part.en for part in parts), ar=" ".join(part.ar for part in parts))


def explain(evaluation: Evaluation, row: int, period: int) -> list[Step]:
    """Why a participant has his rank in a period; empty for plans whose ranks are not qualified for.

    Args:
        evaluation: the records.
        row: of the participant in the network.
        period: index of the period.
    """
    ranks = evaluation.plan.ranks
    if ranks is None or ranks.source != "qualified":
        return []
    ranking = evaluation.ranking
    standing = ranking.standing(period)
    qualified = int(standing.qualified[row])

    def name(rank: int) -> Text:
        return Text(en=ranks.order[rank - 1], ar=ranks.order[rank - 1]) if rank else _NONE

    measuring = Measuring(evaluation, period, standing.qualified)
    reached = name(qualified)
    steps = [
        Step(
            label=Text(en="qualified for in the period", ar="استوفى شروط"),
            value=reached.en,
            children=_conditions(measuring, ranks, qualified, row) if qualified > ranking.base else (),
        )
    ]
    if qualified < len(ranks.order):
        following = ranks.order[qualified]
        label = Text(en=f"not for {following}", ar=f"لم يستوفِ شروط {following}")
        steps.append(Step(label=label, value="", children=_conditions(measuring, ranks, qualified + 1, row)))
    held, title = int(standing.held[row]), int(standing.title[row])
    if held != qualified:
        why = []
        used = int(standing.grace_used[row])
        if held > qualified and used:
            why.append(
                Step(
                    label=Text(en="periods of grace used", ar="فترات السماح المستعملة"), value=f"{used} / {ranks.grace}"
                )
            )
        for rank, streak in standing.streaks.items():
            if held < rank <= qualified:
                label = Text(
                    en=f"periods in a row with {ranks.order[rank - 1]}",
                    ar=f"الفترات المتتالية باستيفاء {ranks.order[rank - 1]}",
                )
                needed = ranks.maintain.by_rank.get(ranks.order[rank - 1], ranks.maintain.periods)
                why.append(Step(label=label, value=f"{int(streak[row])} / {needed}"))
        steps.append(Step(label=Text(en="rank held", ar="رتبة الفترة"), value=name(held).en, children=tuple(why)))
    if title != held:
        steps.append(Step(label=Text(en="highest rank ever held", ar="أعلى رتبة"), value=name(title).en))
    return steps


def _conditions(measuring: Measuring, ranks: Ranks, rank: int, row: int) -> tuple[Step, ...]:
    """What a rank asks for, with one participant's figures; lower ranks' conditions are told with those ranks."""
    return tuple(_figures(measuring, ranks.qualifications[ranks.order[rank - 1]], row))


def _figures(measuring: Measuring, asked: Requirements, row: int) -> list[Step]:
    steps = []
    for key, condition in asked.conditions():
        measured = measuring.measure(key, condition)
        met = bool(measured.met[row])
        value = measured.shown(row)
        if measured.decimals >= 0:
            value = f"{value} {'✓' if met else '✗'}"
        steps.append(Step(label=words.condition(key, condition), value=value))
    for number, way in enumerate(asked.any_of, start=1):
        label = Text(en=f"alternative {number}", ar=f"البديل {number}")
        met = bool(measuring.met(way)[row])
        steps.append(Step(label=label, value="✓" if met else "✗", children=tuple(_figures(measuring, way, row))))
    return steps
