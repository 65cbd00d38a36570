"""What is wrong with the links of a network, found with the rows that show it, and repaired by a stated rule.

Companies' files hold self-sponsors, cycles, sponsors that no file mentions, two sponsors for one person, the same
person twice. `inspect` takes ids and sponsor ids as they stand in the records and returns parents that form a
forest, beside one `Problem` per kind of fault: how many rows, which, and what was done about them. Nothing is
dropped or relinked without a `Problem` that says so, and each repair is one rule:

    duplicate-id          the first row of an id is kept
    two-sponsors          the first sponsor named that the records know is kept
    self-sponsor          becomes a root
    missing-sponsor       hangs under a visible root, `(unknown sponsor)`
    cycle                 is cut at its latest joiner, who hangs under `(unknown sponsor)`
    several-roots         is kept as it is
    sponsor-joined-later  is kept as it is
    unusable-move         is not applied (see `genealogy.moves`)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
import pyarrow as pa
from numba import njit

from genealogy import kernels
from genealogy.dates import UNKNOWN, Dates, seconds
from genealogy.errors import StructureError
from genealogy.ids import IdIndex
from genealogy.layout import Column, series, strings
from genealogy.wording import FAULTS
from intake.text import Text, say

if TYPE_CHECKING:
    from genealogy.kernels import Positions as Rows
    from genealogy.kernels import Sums

Code = Literal[
    "duplicate-id",
    "two-sponsors",
    "self-sponsor",
    "missing-sponsor",
    "cycle",
    "several-roots",
    "sponsor-joined-later",
    "unusable-move",
]
UNKNOWN_SPONSOR = "(unknown sponsor)"
"""Id of the root under which those hang whose sponsor the records do not know."""

SEPARATORS = r"[\s;,/|+&]+"
"""What stands between two ids in one cell. A cell that is itself a known id is never split."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of fault: the rows that show it and the rule by which it was repaired."""

    code: Code
    tree: str
    count: int
    rows: pa.Table
    """One line per faulty row: `row` (0-based), `id`, `sponsor_id` as recorded, `used_sponsor_id` after repair
    (null for a root), `source_file`, `source_line` (null when not given)."""
    text: Text
    repair: Text


@dataclass(frozen=True, slots=True)
class Structure:
    """Parents that form a forest, and what had to be done to get there."""

    ids: pl.Series
    """Each participant once, in the order of the input; `(unknown sponsor)` last where it was needed."""
    parent_rows: Rows
    """Row of the parent among `ids`, -1 for a root."""
    kept: Rows
    """Input row of each participant; the unknown sponsor, if any, has none and stands beyond the end."""
    problems: tuple[Problem, ...]
    index: IdIndex
    """Rows among `ids`."""

    @property
    def unknown_row(self) -> int | None:
        """Row of the unknown sponsor among `ids`, None where nobody hangs under it."""
        return len(self.kept) if len(self.ids) > len(self.kept) else None

    def problem(self, code: Code) -> Problem | None:
        """The problem of that kind, None where there is none."""
        return next((problem for problem in self.problems if problem.code == code), None)


def inspect(
    ids: Column,
    parent_ids: Column,
    joined: Dates | None = None,
    *,
    source_file: Column | None = None,
    source_line: Column | None = None,
    tree: str = "sponsor",
    lone_roots: bool = True,
) -> Structure:
    """Find and repair what keeps the links from being a forest.

    Args:
        ids: the company's ids, one per row.
        parent_ids: the sponsor's id; null or empty for a root; several ids in one cell count as two sponsors.
        joined: when each row joined; decides where a cycle is cut.
        source_file: file that each row came from, for the reports.
        source_line: line that each row came from.
        tree: which tree the links are of.
        lone_roots: whether a row with neither a parent nor children counts as a root; False in a placement
            tree, where it is somebody who was never placed.

    Raises:
        StructureError: a row has no id.

    >>> structure = inspect(["a", "b", "c"], [None, "a", "gone"])
    >>> structure.ids.to_list(), structure.parent_rows.tolist()
    (['a', 'b', 'c', '(unknown sponsor)'], [-1, 0, 3, -1])
    >>> [problem.code for problem in structure.problems]
    ['missing-sponsor']
    """
    everyone, sponsors = strings(ids), strings(parent_ids)
    sponsors = pl.select(pl.when(sponsors != "").then(sponsors)).to_series()
    if len(everyone) != len(sponsors):
        raise ValueError(f"ids has {len(everyone)} rows, parent_ids has {len(sponsors)}")
    if everyone.null_count():
        row = int(everyone.is_null().arg_max() or 0)
        raise StructureError(
            say(
                "row {row} has no id; intake refuses such rows",
                "لا معرّف في الصف {row}، ويرفض الاستلام مثل هذه الصفوف",
                row=row,
            ),
            rows=[row],
        )
    links = _Links(everyone, sponsors, _origin(source_file, source_line, len(everyone)), tree)
    links.resolve()
    came = None if joined is None else seconds(joined)[links.kept]
    return links.repair(came, lone_roots)


class _Links:
    """The links of one tree on their way from ids to a forest."""

    def __init__(self, ids: pl.Series, sponsors: pl.Series, origin: pl.DataFrame, tree: str) -> None:
        self.recorded = sponsors
        self.tree = tree
        self.origin = origin
        self.all_ids = ids
        index = IdIndex(ids)
        first = index.rows_of(ids)
        repeated = first != np.arange(len(ids), dtype=np.int32)
        self.kept: Rows = np.flatnonzero(~repeated).astype(np.int32)
        self.repeats: Rows = np.flatnonzero(repeated).astype(np.int32)
        self.first_of_repeat: Rows = first[self.repeats]
        self.has_repeats = bool(self.repeats.size)
        self.ids = ids.gather(self.kept) if self.has_repeats else ids
        self.index = IdIndex(self.ids) if self.has_repeats else index
        self.faults: list[tuple[Code, Rows, int]] = []
        self.parents: Rows = np.empty(0, np.int32)
        self.orphans: Rows = np.empty(0, np.int32)
        self.named_twice: Rows = np.empty(0, np.int32)

    def resolve(self) -> None:
        """Sponsor ids to rows; cells that name several, and sponsors that no row knows, are set aside."""
        wanted = self.recorded.gather(self.kept) if self.has_repeats else self.recorded
        self.parents = self.index.rows_of(wanted)
        lost = np.flatnonzero((self.parents < 0) & wanted.is_not_null().to_numpy())
        if not lost.size:
            return
        parts = (
            pl.DataFrame({"row": lost, "part": wanted.gather(lost)})
            .with_columns(pl.col("part").str.replace_all(SEPARATORS, " ").str.strip_chars().str.split(" "))
            .filter(pl.col("part").list.len() > 1)
            .explode("part")
        )
        if len(parts):
            found = self.index.rows_of(parts["part"])
            known = parts.with_columns(pl.Series("found", found)).filter(pl.col("found") >= 0)
            chosen = known.unique("row", keep="first", maintain_order=True)
            rows = chosen["row"].to_numpy()
            self.parents[rows] = chosen["found"].to_numpy()
            self.named_twice = rows.astype(np.int32)
        self.orphans = lost[self.parents[lost] < 0].astype(np.int32)

    def repair(self, joined: Sums | None, lone_roots: bool) -> Structure:
        """Apply the rules in their order and write down what each one met."""
        own = np.arange(self.kept.size, dtype=np.int32)
        self._repeats()
        own_sponsor = np.flatnonzero(self.parents == own).astype(np.int32)
        self.parents[own_sponsor] = -1
        self._note("self-sponsor", own_sponsor)
        self._note("missing-sponsor", self.orphans)
        cyclic, cut = cut_cycles(self.parents, joined)
        self._note("cycle", cyclic, cut.size)
        homeless = np.concatenate((self.orphans, cut))
        ids = self.ids
        if homeless.size:
            self.parents[homeless] = self.kept.size
            self.parents = np.append(self.parents, np.int32(-1))
            ids = pl.concat([ids, pl.Series(ids.name, [_free_id(self.index)], dtype=pl.String)])
            self.index = IdIndex(ids)
        is_root = self.parents[: self.kept.size] < 0
        if not lone_roots:
            is_root &= kernels.child_counts(self.parents)[: self.kept.size] > 0
        if is_root.sum() > 1:
            self._note("several-roots", np.flatnonzero(is_root).astype(np.int32))
        if joined is not None:
            self._note("sponsor-joined-later", joined_before_sponsor(self.parents[: self.kept.size], joined))
        problems = tuple(self._problem(code, rows, groups, ids) for code, rows, groups in self.faults)
        return Structure(ids, self.parents, self.kept, problems, self.index)

    def _repeats(self) -> None:
        """Rows that repeat an id: with another sponsor than the first row's they are a second sponsor as well."""
        two = self.kept[self.named_twice]
        if self.has_repeats:
            again = self.recorded.gather(self.repeats)
            first = self.recorded.gather(self.first_of_repeat)
            differs = (again.is_not_null() & again.ne_missing(first)).to_numpy()
            two = np.unique(np.concatenate((two, self.repeats[differs])))
            self.faults.append(("duplicate-id", self.repeats, np.unique(self.first_of_repeat).size))
        if two.size:
            self.faults.append(("two-sponsors", two.astype(np.int32), two.size))

    def _note(self, code: Code, rows: Rows, groups: int | None = None) -> None:
        if rows.size:
            self.faults.append((code, self.kept[rows], rows.size if groups is None else groups))

    def _problem(self, code: Code, rows: Rows, groups: int, ids: pl.Series) -> Problem:
        people = self.all_ids.gather(rows)
        parents = self.parents[self.index.rows_of(people)]
        used = pl.DataFrame({"id": ids.gather(np.maximum(parents, 0)), "has": parents >= 0})
        table = pl.DataFrame(
            {
                "row": rows.astype(np.int64),
                "id": people,
                "sponsor_id": self.recorded.gather(rows),
                "used_sponsor_id": used.select(pl.when("has").then("id")).to_series(),
            }
        ).hstack(self.origin[rows])
        return problem(code, self.tree, table, groups)


def problem(code: Code, tree: str, rows: pl.DataFrame, groups: int) -> Problem:
    """A `Problem` with its sentences; `rows` has the columns that `Problem.rows` names."""
    wording = FAULTS[code]
    return Problem(
        code,
        tree,
        len(rows),
        rows.to_arrow(compat_level=pl.CompatLevel.oldest()),
        wording.text.fill(count=f"{len(rows):,}", groups=f"{groups:,}"),
        wording.repair.fill(root=UNKNOWN_SPONSOR),
    )


def cut_cycles(parents: Rows, joined: Sums | None) -> tuple[Rows, Rows]:
    """Cut each cycle in place, at whoever joined last (unknown counts as earliest; ties: the later row).

    Returns:
        All rows on cycles, in order, and the rows whose parent was cut to -1.
    """
    size, reached = kernels.subtree_sizes(parents)
    if reached == parents.size:
        return np.empty(0, np.int32), np.empty(0, np.int32)
    when = np.full(parents.size, UNKNOWN, np.int64) if joined is None else joined
    cyclic = np.flatnonzero(size == 0).astype(np.int32)
    cut: Rows = np.sort(_latest_of_each(parents, size, when, cyclic))
    parents[cut] = -1
    return cyclic, cut


@njit(cache=True, nogil=True)
def _latest_of_each(parents: Rows, size: Rows, joined: Sums, cyclic: Rows) -> Rows:
    """From each cycle the row that joined last; `size` is 0 exactly on the cycles."""
    cut = np.empty(cyclic.size, np.int32)
    cycles = 0
    for start in cyclic:
        if size[start] != 0:
            continue
        latest = start
        node = start
        while size[node] == 0:
            size[node] = 1
            if joined[node] > joined[latest] or (joined[node] == joined[latest] and node > latest):
                latest = node
            node = parents[node]
        cut[cycles] = latest
        cycles += 1
    return cut[:cycles]


def joined_before_sponsor(parents: Rows, joined: Sums) -> Rows:
    """Rows that joined before their parent did, where both dates are known."""
    linked = np.flatnonzero((parents >= 0) & (parents < joined.size))
    above = joined[parents[linked]]
    own = joined[linked]
    later: Rows = linked[(own != UNKNOWN) & (above != UNKNOWN) & (own < above)].astype(np.int32)
    return later


def _free_id(index: IdIndex) -> str:
    """The unknown sponsor's id, numbered if a company really uses it."""
    name, number = UNKNOWN_SPONSOR, 2
    while index.row_of(name) >= 0:
        name, number = f"{UNKNOWN_SPONSOR} {number}", number + 1
    return name


def _origin(file: Column | None, line: Column | None, count: int) -> pl.DataFrame:
    nothing = [None] * count if file is None or line is None else []
    return pl.DataFrame(
        {
            "source_file": pl.Series(nothing, dtype=pl.String) if file is None else strings(file),
            "source_line": pl.Series(nothing, dtype=pl.Int64)
            if line is None
            else pl.Series(series(line)).cast(pl.Int64),
        }
    )
