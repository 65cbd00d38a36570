"""Level commissions read off the payouts: which tree, who is counted, on which base, at which rates, of which orders.

The search goes from the most flexible table (by class of order, rank and level) to the simplest that explains as
much. A proposal is scored by the payouts that it gives to the minor unit, less one for each number that it needs, less
what it would pay and the records do not have; so a table with a number for every payment explains nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from compensation.frame import OrderFilter
from compensation.inference.evidence import Bools, Evidence, Int64s, Measure, Places, Stream
from compensation.inference.rates import MODES, Mode, Rate, best_amount, best_rate, complexity, fits

Basis = Literal["amount", "volume", "fixed"]
Partition = tuple[str | None, bool]
"""By which column orders are told apart, and whether each buyer's first order is told apart from later ones."""

MOST_LEVELS = 60
AMOUNT_COMPLEXITY = 5
"""A fixed amount is as hard to say as a rate between a plain percentage and one with a decimal."""
_MOST_CLASSES = 40


@dataclass(frozen=True)
class Counting:
    """Who is counted when levels are counted, and who earns: those with so much personal volume in the period."""

    compression: Literal["none", "skip_ineligible", "remove_empty"] = "none"
    measure: Measure = "volume"
    least: int | None = None
    """In units of the measure; None where nobody is asked for any."""


@dataclass(frozen=True)
class Shape:
    """Everything that is searched over."""

    tree: str
    counting: Counting
    basis: Basis
    mode: Mode
    by_rank: bool
    partition: Partition


@dataclass(frozen=True)
class LevelFit:
    """One shape with the numbers that fit it best."""

    shape: Shape
    stream: Stream
    tables: dict[int, dict[tuple[int, int], Rate]]
    """Class of order -> (rank or 0, level) -> rate, or fixed amount."""
    classes: list[dict[str, Any]]
    """What tells the classes apart: filters as a plan writes them."""
    per: Fraction
    """What a plan calls 1, in minor units per unit of the base."""
    explained: int
    unpaid: int
    """Payments that the tables promise and the records do not have."""

    @property
    def score(self) -> tuple[int, int]:
        """Higher is better; the second breaks ties in favour of simple numbers."""
        numbers = [rate.value for table in self.tables.values() for rate in table.values()]
        fixed = self.shape.basis == "fixed"
        hardest = sum(AMOUNT_COMPLEXITY if fixed else complexity(value / self.per) for value in numbers)
        return self.explained - len(numbers) - self.unpaid, -hardest

    @property
    def promise(self) -> tuple[int, int]:
        """The same where it is not yet known who could be paid at all."""
        numbers = sum(len(table) for table in self.tables.values())
        return self.explained - numbers, -self.unpaid

    @property
    def complete(self) -> bool:
        """Whether every payout is explained and nothing else is promised."""
        return self.explained == len(self.stream.order) and self.unpaid == 0


class LevelSearch:
    """The search over one stream of payouts."""

    def __init__(self, evidence: Evidence, stream: Stream, among: Bools | None = None) -> None:
        self.evidence = evidence
        self.stream = stream
        self._among = among
        """The orders to which the stream is confined; None for all."""
        self.amount: Int64s = stream.payouts["amount"].to_numpy()
        self._classes: dict[Partition, tuple[npt.NDArray[np.int64], list[dict[str, Any]]]] = {}
        self._places: dict[tuple[str, Counting], Places] = {}

    def best(self) -> LevelFit | None:
        """The proposal with the best score; None where no payout goes to somebody above an order."""
        found: LevelFit | None = None
        for shape in self._shapes():
            new = self.fit(shape)
            # whom the receivers' conditions leave out is not known yet, so what seems unpaid only breaks ties
            if new.tables and (found is None or new.promise > found.promise):
                found = new
                if found.complete:
                    break
        if found is None:
            return None
        found = self._rounded(self._conditioned(self._rounded(found)))
        return self._conditioned(self._rounded(self._simplified(found)))

    def refitted(self, shape: Shape) -> LevelFit:
        """A shape that was found on a part of the payouts, with the numbers that fit all of them."""
        counting, best = shape.counting, self.fit(shape)
        if counting.least is not None:
            above = self.places(shape.tree, Counting()).level > 0
            for least in self._leasts(counting.measure, above):
                best = _better(best, self.fit(replace(shape, counting=replace(counting, least=least)))) or best
        return best

    def _rounded(self, found: LevelFit) -> LevelFit:
        """The base and the way of rounding; sums are taken to be rounded only where that explains clearly more."""
        best: LevelFit | None = None
        for basis in self._bases():
            for mode in MODES:
                best = _better(best, self.fit(replace(found.shape, basis=basis, mode=mode)))
        if best is not None and best.complete:
            return best
        for basis in self._bases():
            loose = self.fit(replace(found.shape, basis=basis, mode="statement"))
            if best is None or loose.score[0] > best.score[0] + 1 + len(self.amount) // 50:
                best = loose
        return best or found

    def _simplified(self, found: LevelFit) -> LevelFit:
        """Fewer distinctions where they explain no less; more where they explain more."""
        for by_rank in (False, True) if self.evidence.rank_names else (False,):
            for partition in self._partitions():
                shape = replace(found.shape, by_rank=by_rank, partition=partition)
                if shape != found.shape:
                    found = _better(found, self.fit(shape)) or found
        return found

    def _conditioned(self, found: LevelFit) -> LevelFit:
        """The volume that receivers needed, where nobody with less was ever paid."""
        counting = found.shape.counting
        if counting.least is not None:
            return found
        for measure in self._measures():
            mine = self._explained_rows(found)
            held = self.evidence.volume_of(self.stream, measure)[mine]
            if not len(held) or held.min() <= 0:
                continue
            changed = replace(counting, measure=measure, least=int(held.min()))
            found = _better(found, self.fit(replace(found.shape, counting=changed))) or found
        return found

    # What is searched over

    def _bases(self) -> list[Basis]:
        evaluation = self.evidence.evaluation
        if self.stream.currency != self.evidence.currency:
            return ["fixed"]
        stated: list[tuple[Basis, bool]] = [
            ("amount", bool(evaluation.amount.any())),
            ("volume", bool(evaluation.volume.any())),
        ]
        return [*(basis for basis, known in stated if known), "fixed"]

    def _measures(self) -> list[Measure]:
        evaluation = self.evidence.evaluation
        stated: list[tuple[Measure, bool]] = [
            ("volume", bool(evaluation.volume.any())),
            ("amount", bool(evaluation.amount.any())),
        ]
        return [measure for measure, known in stated if known]

    def _shapes(self) -> Iterator[Shape]:
        """The most flexible shapes, along the trees in which nearly all receivers stand above the orders."""
        ranked, partition = bool(self.evidence.rank_names), self._finest()
        above = {tree: int((self.places(tree, Counting()).level > 0).sum()) for tree in self.evidence.trees()}
        for tree in self.evidence.trees():
            if above[tree] * 100 < max(above.values()) * 98 or not above[tree]:
                continue
            for counting in self._countings(tree):
                for basis in self._bases():
                    yield Shape(tree, counting, basis, "statement", ranked, partition)

    def _countings(self, tree: str) -> Iterator[Counting]:
        yield Counting()
        above = self.places(tree, Counting()).level > 0
        for measure in self._measures():
            for least in self._leasts(measure, above):
                yield Counting("none", measure, least)
                yield Counting("skip_ineligible", measure, least)
            yield Counting("remove_empty", measure)

    def _leasts(self, measure: Measure, above: Bools) -> list[int]:
        """The least volume that any receiver had and, should some payment not belong, the least of nearly all."""
        held = np.sort(self.evidence.volume_of(self.stream, measure)[above])
        if not len(held):
            return []
        return [
            least
            for least in dict.fromkeys(int(held[int(len(held) * share)]) for share in (0, 0.005, 0.02))
            if least > 0
        ]

    def _partitions(self) -> Iterator[Partition]:
        for column in (None, "category", "product", "buyer_kind"):
            if column is None or 1 < self.evidence.evaluation.orders[column].n_unique() <= _MOST_CLASSES:
                yield column, False
                yield column, True

    def _finest(self) -> Partition:
        columns = [column for column, _ in self._partitions()]
        return ("category" if "category" in columns else None), True

    def classes(self, partition: Partition) -> tuple[npt.NDArray[np.int64], list[dict[str, Any]]]:
        """The class of each order, and what tells them apart."""
        if partition not in self._classes:
            evaluation = self.evidence.evaluation
            column, which = partition
            filters: list[dict[str, Any]] = [{}]
            if column is not None:
                values = evaluation.orders[column].unique().sort().to_list()
                plural = {"category": "categories", "product": "products", "buyer_kind": "buyer_kinds"}[column]
                filters = [{plural: [value]} for value in values if value is not None]
                if None in values and column != "buyer_kind":
                    filters.append({f"except_{plural}": [value for value in values if value is not None]})
            if which:
                filters = [each | {"which": order} for each in filters for order in ("first", "later")]
            codes = np.full(len(evaluation.orders), -1, np.int64)
            for code, each in enumerate(filters):
                codes[evaluation.selected(OrderFilter.model_validate(each))] = code
            if self._among is not None:
                codes[~self._among] = -1
            self._classes[partition] = codes, filters
        return self._classes[partition]

    def places(self, tree: str, counting: Counting) -> Places:
        """Levels of the receivers."""
        key = (tree, counting if counting.compression != "none" else Counting())
        if key not in self._places:
            self._places[key] = self.evidence.places(self.stream, tree, self.counted(counting))
        return self._places[key]

    def counted(self, counting: Counting) -> dict[int, Bools] | None:
        """Who is counted."""
        if counting.compression == "none":
            return None
        least = counting.least if counting.compression == "skip_ineligible" and counting.least is not None else 1
        return self.evidence.reaching(least, counting.measure)

    def earning(self, counting: Counting) -> dict[int, Bools] | None:
        """Who earns."""
        return None if counting.least is None else self.evidence.reaching(counting.least, counting.measure)

    # Fitting

    def fit(self, shape: Shape) -> LevelFit:
        """The numbers that fit a shape best."""
        places = self.places(shape.tree, shape.counting)
        codes, filters = self.classes(shape.partition)
        order, level = self.stream.order, places.level
        usable = (order >= 0) & (level > 0) & (level <= MOST_LEVELS)
        code = np.where(usable, codes[order], -1)
        usable &= code >= 0
        rank = places.rank.astype(np.int64) if shape.by_rank else np.zeros(len(order), np.int64)
        base = self._base(shape.basis)
        deepest = int(level[usable].max(initial=0))
        tables: dict[int, dict[tuple[int, int], Rate]] = {}
        at = np.flatnonzero(usable)
        cell = (code[at] * (MOST_LEVELS + 1) + level[at]) * (len(self.evidence.rank_names) + 1) + rank[at]
        for mine in _groups(cell):
            rows = at[mine]
            rate = self._number(shape, base[order[rows]], self.amount[rows])
            if rate is not None:
                fitting = rows[self._fitting(shape, base[order[rows]], self.amount[rows], rate.value)]
                once = len(np.unique(np.stack([order[fitting], self.stream.receiver[fitting]]), axis=1).T)
                key = (int(rank[rows[0]]), int(level[rows[0]]))
                tables.setdefault(int(code[rows[0]]), {})[key] = Rate(rate.value, once)
        possible = self.evidence.possible(
            codes, shape.tree, self.counted(shape.counting), self.earning(shape.counting), deepest
        )
        if not shape.by_rank:
            possible = possible.sum(axis=2, keepdims=True)
        tables = {number: _without_strays(table, possible[number]) for number, table in tables.items()}
        explained = sum(rate.fits for table in tables.values() for rate in table.values())
        unpaid = sum(
            max(0, int(possible[number, level, rank]) - rate.fits)
            for number, table in tables.items()
            for (rank, level), rate in table.items()
            if rate.value
        )
        kept = {number: table for number, table in tables.items() if table}
        return LevelFit(shape, self.stream, kept, filters, self._per(shape.basis), explained, unpaid)

    def _base(self, basis: Basis) -> Int64s:
        evaluation = self.evidence.evaluation
        if basis == "fixed":
            return evaluation.sign
        return evaluation.amount if basis == "amount" else evaluation.volume

    def _number(self, shape: Shape, base: Int64s, amount: Int64s) -> Rate | None:
        if shape.basis == "fixed":
            return best_amount(base * amount)
        return best_rate(base, amount, shape.mode, self._per(shape.basis))

    def _per(self, basis: Basis) -> Fraction:
        """Minor units per unit of the base, where the plan says 100%."""
        if basis == "amount":
            return Fraction(1)
        evaluation = self.evidence.evaluation
        return Fraction(10 ** evaluation.scale_of(self.stream.currency), 10 ** evaluation.unit_of("volume"))

    def _fitting(self, shape: Shape, base: Int64s, amount: Int64s, value: Fraction) -> Bools:
        if shape.basis == "fixed":
            result: Bools = base * amount == int(value)
            return result
        return fits(base, amount, value, shape.mode)

    def _explained_rows(self, found: LevelFit) -> npt.NDArray[np.int64]:
        """Payouts that the tables give to the minor unit."""
        places, shape = self.places(found.shape.tree, found.shape.counting), found.shape
        codes, _ = self.classes(shape.partition)
        base, result = self._base(shape.basis), []
        for number, table in found.tables.items():
            for (rank, level), rate in table.items():
                mine = (self.stream.order >= 0) & (places.level == level)
                mine &= codes[self.stream.order] == number
                if shape.by_rank:
                    mine &= places.rank == rank
                rows = np.flatnonzero(mine)
                result.append(rows[self._fitting(shape, base[self.stream.order[rows]], self.amount[rows], rate.value)])
        return np.concatenate(result) if result else np.empty(0, np.int64)


def _better(old: LevelFit | None, new: LevelFit) -> LevelFit | None:
    if not new.tables:
        return old
    return new if old is None or new.score > old.score else old


def _groups(keys: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """Indexes of equal keys, group by group."""
    ordered = np.argsort(keys, kind="stable")
    borders = np.flatnonzero(np.diff(keys[ordered])) + 1
    yield from (part for part in np.split(ordered, borders) if len(part))


def _without_strays(table: dict[tuple[int, int], Rate], possible: Int64s) -> dict[tuple[int, int], Rate]:
    """A table without levels that hardly anybody was paid for: single payments that happen to go so far up."""
    levels = sorted({level for _, level in table})
    share = {}
    for level in levels:
        paid = sum(rate.fits for (_, each), rate in table.items() if each == level)
        due = max(1, sum(int(possible[level, rank]) for rank, each in table if each == level))
        share[level] = Fraction(paid, due)
    usual = max(share.values(), default=Fraction(0))
    return {key: rate for key, rate in table.items() if share[key[1]] * 3 >= usual}


# As a plan writes it
