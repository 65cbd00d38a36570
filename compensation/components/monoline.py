"""Monoline (straight line, streamline): a level commission up one line in which everybody stands.

The person above is whoever joined before, whoever sponsored him. Rates, ranks and compression are those of a level
commission. The line is in the order of joining (at the same moment, by id), or by a position that the company states,
or the tree that the records give, where the company's own line is recorded as such. Some texts call a plain
unilevel plan "straight line"; that is the family `unilevel`.

Reference: mheuss/mlmforge, engine/network-engine/src/commission/streamline.rs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import polars as pl
from pydantic import model_validator

from compensation.components.unilevel import LevelCommission
from genealogy.tree import Tree
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Int64s
    from compensation.evaluation import Evaluation, Walk

_LINE = {
    "joining": Text(en="in the order of joining", ar="بترتيب الانضمام"),
    "position": Text(en="by the position that the company states", ar="بحسب الموضع الذي تذكره الشركة"),
    "tree": Text(en="as the records give it", ar="كما في السجلات"),
}


class Monoline(LevelCommission):
    """A level commission up one line."""

    definition: ClassVar[Text] = Text(
        en="A commission per level up one single line in the order of joining, whoever sponsored whom.",
        ar="عمولة لكل مستوى في خط واحد بترتيب الانضمام، أيًّا كان الراعي.",
    )
    reference: ClassVar[str] = "mheuss/mlmforge, engine/network-engine/src/commission/streamline.rs"

    family: Literal["monoline"]
    line: Literal["joining", "position", "tree"] = "joining"
    """`joining`: in the order of joining, then of ids (whose joining is not recorded, with his first order; without
    one, last); `position`: by the fact `position`, who has none stands outside
    the line; `tree`: the tree named by `tree`, as recorded."""

    @model_validator(mode="after")
    def _one_line(self) -> Monoline:
        if self.line != "tree" and self.tree != "sponsor":
            raise Mistaken(
                say(
                    "line: {line} makes its own line; to walk the {tree} tree say line: tree",
                    "يصنع ⁨line:⁩ {line} خطه بنفسه؛ ولاتباع الشجرة {tree} تُكتب ⁨line: tree⁩",
                    line=self.line,
                    tree=self.tree,
                )
            )
        return self

    def walks(self, evaluation: Evaluation, base: Int64s) -> Iterator[Walk]:
        """The orders with a base, each with the line up which it is paid."""
        made: dict[int, Tree] = {}
        for walk in super().walks(evaluation, base):
            if self.line == "tree":
                yield walk
                continue
            when = walk.period if self.line == "position" else 0
            if when not in made:
                made[when] = line_of(self, evaluation, when)
            yield replace(walk, tree=made[when], parent=made[when].parent)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import unilevel as unilevel_words

        told = unilevel_words.describe(self)
        line = _LINE[self.line]
        return Text(en=f"One line, {line.en}. {told.en}", ar=f"خط واحد {line.ar}. {told.ar}")


def line_of(component: Monoline, evaluation: Evaluation, period: int) -> Tree:
    """Everybody in one line, the first at the top."""
    people = evaluation.participants
    ids = pl.Series("id", evaluation.network.ids, dtype=pl.String)
    table = pl.DataFrame({"row": np.arange(people, dtype=np.int32), "id": ids, "at": evaluation.joined})
    stands = np.ones(people, np.bool_)
    if component.line == "position":
        number, stands = evaluation.facts.numbers("position", period, 0)
        table = table.with_columns(at=pl.Series(number))
    if evaluation.network.unknown_row is not None:
        stands = stands.copy()
        stands[evaluation.network.unknown_row] = False
    table = table.filter(pl.Series(stands)).with_columns(number=pl.col("id").cast(pl.Int64, strict=False))
    row = table.sort("at", "number", "id", nulls_last=True)["row"].to_numpy()
    parents = np.full(people, -1, np.int32)
    parents[row[1:]] = row[:-1]
    return Tree.from_parents(parents, ids=evaluation.network.index, name="line")
