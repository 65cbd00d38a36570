"""Faulty links are found, reported with their rows, and repaired by the stated rule and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genealogy.errors import StructureError
from genealogy.structure import UNKNOWN_SPONSOR, Problem, Structure, inspect
from genealogy.tree import Tree
from genealogy.wording import FAULTS


def links(structure: Structure) -> dict[str, str | None]:
    """Each id and the id of its parent after repair."""
    ids = structure.ids.to_list()
    return {name: ids[up] if up >= 0 else None for name, up in zip(ids, structure.parent_rows, strict=True)}


def found(structure: Structure) -> dict[str, list[str]]:
    """Ids by fault."""
    return {problem.code: problem.rows["id"].to_pylist() for problem in structure.problems}


def only(structure: Structure) -> Problem:
    (problem,) = structure.problems
    return problem


def test_clean_records_have_no_problems() -> None:
    """Rows in any order, an empty string for no sponsor."""
    structure = inspect(["b", "a", "c"], ["a", "", "b"], joined=[2, 1, 3])
    assert structure.problems == ()
    assert links(structure) == {"b": "a", "a": None, "c": "b"}
    assert structure.unknown_row is None


def test_orphans_hang_under_a_visible_root() -> None:
    """A sponsor that no row mentions, with the row and where it came from."""
    structure = inspect(
        ["a", "b", "c"],
        [None, "gone", "b"],
        source_file=["x.csv"] * 3,
        source_line=[2, 3, 4],
    )
    problem = only(structure)
    assert (problem.code, problem.count, problem.tree) == ("missing-sponsor", 1, "sponsor")
    assert problem.rows.to_pylist() == [
        {
            "row": 1,
            "id": "b",
            "sponsor_id": "gone",
            "used_sponsor_id": UNKNOWN_SPONSOR,
            "source_file": "x.csv",
            "source_line": 3,
        }
    ]
    assert links(structure) == {"a": None, "b": UNKNOWN_SPONSOR, "c": "b", UNKNOWN_SPONSOR: None}
    assert structure.unknown_row == 3
    assert UNKNOWN_SPONSOR in problem.repair.en
    assert UNKNOWN_SPONSOR in problem.repair.ar


def test_a_company_may_use_the_unknown_sponsors_name() -> None:
    """The synthetic root never takes the id of a real participant."""
    structure = inspect([UNKNOWN_SPONSOR, "b"], [None, "gone"])
    assert links(structure)["b"] == f"{UNKNOWN_SPONSOR} 2"


def test_self_sponsors_become_roots() -> None:
    """How many files mark their root."""
    structure = inspect(["a", "b"], ["a", "a"])
    assert only(structure).code == "self-sponsor"
    assert links(structure) == {"a": None, "b": "a"}


def test_a_cycle_is_cut_at_its_latest_joiner() -> None:
    """Of a, b and c in a circle, c joined last and loses its sponsor; the branch below the circle stays."""
    structure = inspect(["root", "a", "b", "c", "d"], [None, "b", "c", "a", "b"], joined=[0, 5, 1, 9, 7])
    assert found(structure)["cycle"] == ["a", "b", "c"]
    problem = structure.problem("cycle")
    assert problem is not None
    assert problem.rows["used_sponsor_id"].to_pylist() == ["b", "c", UNKNOWN_SPONSOR]
    assert "cycles: 1" in problem.text.en
    assert links(structure)["d"] == "b"
    assert found(structure)["sponsor-joined-later"] == ["b"]


def test_a_cycle_without_dates_is_cut_at_its_last_row() -> None:
    """Unknown dates count as earliest; among equals the later row is cut."""
    assert links(inspect(["a", "b"], ["b", "a"]))["b"] == UNKNOWN_SPONSOR
    assert links(inspect(["a", "b"], ["b", "a"], joined=pl.Series([4, None])))["a"] == UNKNOWN_SPONSOR


@pytest.mark.parametrize("cell", ["a b", "a; b", "a,b", "a / b", "a|b", "gone a", "a\nb"])
def test_the_first_known_of_several_sponsors_is_kept(cell: str) -> None:
    """Whatever stands between them."""
    structure = inspect(["a", "b", "c"], [None, "a", cell])
    assert only(structure).code == "two-sponsors"
    assert links(structure)["c"] == "a"
    assert only(structure).rows["sponsor_id"].to_pylist() == [cell]


def test_an_id_with_a_separator_is_one_id() -> None:
    """A cell that is itself an id is never taken apart."""
    structure = inspect(["a b", "a", "c"], [None, "a b", "a b"])
    assert structure.problems == ()
    assert links(structure)["c"] == "a b"


def test_several_unknown_sponsors_are_one_missing_sponsor() -> None:
    """Nothing to choose from."""
    assert found(inspect(["a", "b"], [None, "x y"])) == {"missing-sponsor": ["b"]}


def test_repeated_rows() -> None:
    """The first row stays; a repetition with another sponsor is a second sponsor as well."""
    structure = inspect(["a", "b", "c", "b", "c", "a"], [None, "a", "a", "c", "a", None])
    assert found(structure) == {"duplicate-id": ["b", "c", "a"], "two-sponsors": ["b"]}
    assert structure.ids.to_list() == ["a", "b", "c"]
    assert structure.kept.tolist() == [0, 1, 2]
    duplicate = structure.problem("duplicate-id")
    assert duplicate is not None
    assert duplicate.rows["row"].to_pylist() == [3, 4, 5]
    assert duplicate.rows["used_sponsor_id"].to_pylist() == ["a", "a", None]
    assert "ids concerned: 3" in duplicate.text.en


def test_several_roots_are_kept() -> None:
    """Nothing is invented above them."""
    structure = inspect(["a", "b", "c"], [None, None, "b"])
    assert found(structure) == {"several-roots": ["a", "b"]}
    assert links(structure) == {"a": None, "b": None, "c": "b"}
    assert inspect(["a", "b", "c"], [None, None, "b"], lone_roots=False).problems == ()


def test_a_row_without_id_is_refused() -> None:
    """Intake never lets one through."""
    with pytest.raises(StructureError, match="row 1 has no id"):
        inspect(["a", None], [None, "a"])
    with pytest.raises(ValueError, match="2 rows"):
        inspect(["a", "b"], [None])


def test_nothing_from_nothing() -> None:
    """An empty table is an empty forest."""
    structure = inspect(pa.array([], pa.string()), pa.array([], pa.string()))
    assert (len(structure.ids), structure.problems) == (0, ())


NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", "g"])
CELLS = st.one_of(st.none(), NAMES, st.just("gone"), st.just("a b"), st.just("gone g"))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(NAMES, CELLS, st.none() | st.integers(0, 3)), max_size=12))
def test_any_records_become_a_forest(rows: list[tuple[str, str | None, int | None]]) -> None:
    """Whatever is recorded: everybody once, a forest, and no link changed without a problem that says so."""
    ids, cells = [row[0] for row in rows], [row[1] for row in rows]
    structure = inspect(ids, cells, joined=pl.Series([row[2] for row in rows], dtype=pl.Int64))
    tree = Tree.from_parents(structure.parent_rows, ids=structure.index)
    people = list(dict.fromkeys(ids))
    assert structure.ids.to_list()[: len(people)] == people
    assert len(tree) == len(structure.ids)
    reported = {name for problem in structure.problems for name in problem.rows["id"].to_pylist()}
    used = links(structure)
    for name, cell in zip(reversed(ids), reversed(cells), strict=True):
        if name not in reported:
            assert used[name] == cell
    for problem in structure.problems:
        assert problem.count == len(problem.rows) > 0
        assert problem.text == FAULTS[problem.code].text or str(problem.count) in problem.text.en
        assert problem.rows["sponsor_id"].to_pylist() == [cells[row] for row in problem.rows["row"].to_pylist()]


@pytest.mark.parametrize("code", FAULTS)
def test_wording_agrees_in_both_languages(code: str) -> None:
    """The same placeholders, and no Latin comma or question mark in Arabic."""
    for text in (FAULTS[code].text, FAULTS[code].repair):
        assert set(re.findall(r"\{\w+\}", text.en)) == set(re.findall(r"\{\w+\}", text.ar))
        assert not set(",?;") & set(text.ar)


def test_several_advisors_are_resolved(shared_data: Path) -> None:
    """A real ancestry of 1,022 scholars, 281 with several advisors and 58 generations deep."""
    people = pl.read_csv(shared_data / "math-genealogy-osu" / "people.csv", infer_schema_length=0)
    structure = inspect(people["mgp_id"], people["advisor_ids"])
    several = structure.problem("two-sponsors")
    roots = structure.problem("several-roots")
    assert several is not None
    assert roots is not None
    assert (several.count, roots.count) == (281, 98)
    assert [problem.code for problem in structure.problems] == ["two-sponsors", "several-roots"]
    first = people["advisor_ids"].str.split(" ").list.first()
    assert [links(structure)[name] for name in people["mgp_id"]] == first.to_list()
    assert Tree.from_parents(structure.parent_rows).levels <= 58


def test_several_advisors_as_rows(shared_data: Path) -> None:
    """The same ancestry as one row per advisor: repeated rows with other sponsors."""
    edges = pl.read_csv(shared_data / "math-genealogy-osu" / "advisor-edges.csv", infer_schema_length=0)
    structure = inspect(edges["student_mgp_id"], edges["advisor_mgp_id"])
    students = edges["student_mgp_id"].n_unique()
    several = structure.problem("two-sponsors")
    assert several is not None
    assert several.count == len(edges) - students == 317
    assert np.unique(several.rows["id"].to_numpy()).size == 281
    Tree.from_parents(structure.parent_rows)


def test_beehive_as_found(shared_data: Path) -> None:
    """The scrape's root refers to itself; nothing else is wrong with its 4,016 links."""
    members = pl.read_csv(shared_data / "beehive-arbitrum" / "as-found" / "members_v2_rows.csv", infer_schema_length=0)
    structure = inspect(members["wallet_address"], members["referrer_wallet"])
    assert found(structure) == {"self-sponsor": [members["wallet_address"][0]]}
    assert len(structure.ids) == 4016
