"""A network of people: exact figures on real records, named trees, and trees as of a date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genealogy import Network, Tree
from genealogy.dates import UNKNOWN
from genealogy.errors import UnknownParticipant, UnknownTree


def links(tree: Tree) -> dict[str, str | None]:
    """Each id and its parent's id."""
    return {tree.id_of(node): tree.id_of(int(up)) if up >= 0 else None for node, up in enumerate(tree.parent)}


@pytest.fixture(scope="module")
def scheme(shared_data: Path) -> Network:
    """A real referral scheme of 2025, as normalised by its data sheet."""
    people = pl.read_csv(
        shared_data / "beehive-arbitrum" / "normalised" / "participants.csv", infer_schema_length=0
    ).select(
        id="participant_id",
        sponsor_id="sponsor_id",
        joined=pl.col("joined_at_chain_utc").str.to_datetime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return Network.from_table(people)


def test_published_figures_of_a_real_scheme(scheme: Network) -> None:
    """The figures that stand beside the records."""
    tree = scheme.sponsor
    recruits = tree.direct_counts()
    assert len(tree) == len(scheme) == 4016
    assert tree.roots().tolist() == [0]
    assert tree.levels - 1 == 27
    assert tree.level_profile()[1:11].tolist() == [9, 19, 30, 45, 94, 128, 127, 150, 347, 264]
    assert (tree.leaves().size, int((recruits == 0).sum())) == (2488, 2488)
    assert np.sort(recruits)[::-1][:3].tolist() == [42, 32, 30]
    legs = tree.legs(0)
    assert (legs.child.size, int(legs.size.max()), int(legs.size.sum())) == (9, 3917, 4015)
    assert legs.size.tolist() == sorted(legs.size.tolist(), reverse=True)
    assert [(problem.code, problem.count) for problem in scheme.problems] == [("sponsor-joined-later", 6)]


def test_a_real_scheme_as_of_a_date(scheme: Network) -> None:
    """Present at the end of March: the 1,263 of that month and the 79 whose registration is not on chain."""
    march = scheme.tree(as_of=datetime(2025, 3, 31, 23, 59, 59, tzinfo=UTC))
    assert len(march) == 1263 + 79
    assert len(scheme.tree(as_of=date(2026, 1, 1))) == 4016
    assert len(scheme.tree(as_of=date(2025, 1, 1), present_only=False)) == 4016


PEOPLE = pl.DataFrame(
    {
        "id": ["a", "b", "c", "d", "e"],
        "sponsor_id": [None, "a", "a", "b", "c"],
        "placement_id": [None, "a", "b", None, "a"],
        "leg": [None, "right", "left", None, "left"],
        "joined": [date(2024, 1, day) for day in (1, 2, 3, 4, 5)],
        "left": [None, date(2024, 3, 1), None, None, None],
    }
)


def moves(*rows: tuple[str, str, str | None, str | None, date | None]) -> pl.DataFrame:
    """Moves as intake writes them."""
    return pl.DataFrame(
        list(rows),
        schema={
            "participant_id": pl.String,
            "tree": pl.String,
            "parent_id": pl.String,
            "leg": pl.String,
            "from": pl.Date,
        },
        orient="row",
    )


def test_named_trees_over_the_same_people() -> None:
    """The placement tree has its legs in order and leaves out who was never placed."""
    network = Network.from_table(PEOPLE)
    assert network.names == ("sponsor", "placement")
    assert links(network.sponsor) == {"a": None, "b": "a", "c": "a", "d": "b", "e": "c"}
    assert network.placement is not None
    assert links(network.placement) == {"a": None, "e": "a", "b": "a", "c": "b"}
    assert network.placement.ids.to_pylist() == ["a", "e", "b", "c"]
    assert network.placement.position.tolist() == [0, 2, 3, -1, 1]
    assert network.placement.legs(0).leg == ("left", "right")
    assert network.trees["sponsor"] is network.sponsor
    assert network.problems == ()


def test_a_recorded_matrix_is_a_tree_of_its_own() -> None:
    """Beside the placement tree, without its legs; moves change it and say the places."""
    people = PEOPLE.with_columns(matrix_id=pl.Series([None, "a", "a", "b", None]))
    network = Network.from_table(people)
    assert network.names == ("sponsor", "placement", "matrix")
    matrix = network.tree("matrix")
    assert links(matrix) == {"a": None, "b": "a", "c": "a", "d": "b"}
    assert matrix.legs(0).leg == (None, None)
    assert network.placement is not None
    assert network.placement.legs(0).leg == ("left", "right")
    moved = Network.from_table(people, moves(("d", "matrix", "a", "1", date(2024, 2, 1)))).tree("matrix")
    assert links(moved) == {"a": None, "b": "a", "c": "a", "d": "a"}
    assert [moved.id_of(each) for each in moved.children(0)] == ["d", "b", "c"]
    assert moved.legs(0).leg == ("1", None, None)
    assert "matrix" not in Network.from_table(people.with_columns(matrix_id=pl.lit(None, pl.String))).names


def test_rows_of_ids() -> None:
    """Rows are common to all trees; unknown ids are -1, or an error when one is asked for."""
    network = Network.from_table(PEOPLE)
    assert network.rows_of(pl.Series(["e", None, "z", "a"])).tolist() == [4, -1, -1, 0]
    assert network.row_of("c") == 2
    with pytest.raises(UnknownParticipant, match="'z'"):
        network.row_of("z")
    with pytest.raises(UnknownTree, match="records have: sponsor, placement"):
        network.tree("matrix")


def test_who_left_is_bridged() -> None:
    """After b left, d hangs under a; before anybody joined there is nobody."""
    network = Network.from_table(PEOPLE)
    assert links(network.tree(as_of=date(2024, 3, 1))) == {"a": None, "c": "a", "d": "a", "e": "c"}
    assert links(network.tree(as_of=date(2024, 1, 3))) == {"a": None, "b": "a", "c": "a"}
    assert len(network.tree(as_of=date(2023, 1, 1))) == 0


def test_moves_hold_from_their_date() -> None:
    """Before the first move the recorded link, after it the move's; a bare tree shows the state after all."""
    network = Network.from_table(
        PEOPLE,
        moves(
            ("d", "sponsor", "e", None, date(2024, 2, 1)),
            ("d", "sponsor", None, None, date(2024, 2, 10)),
            ("c", "placement", "e", "right", date(2024, 2, 1)),
            ("d", "placement", "e", "left", date(2024, 2, 1)),
            ("e", "matrix", "a", None, date(2024, 2, 1)),
        ),
    )

    def sponsor_of_d(when: date) -> str | None:
        return links(network.tree(as_of=when, present_only=False))["d"]

    assert sponsor_of_d(date(2024, 1, 31)) == "b"
    assert sponsor_of_d(date(2024, 2, 1)) == "e"
    assert sponsor_of_d(date(2024, 2, 10)) is None
    assert links(network.sponsor)["d"] is None
    assert network.placement is not None
    assert links(network.placement) == {"a": None, "e": "a", "d": "e", "c": "e", "b": "a"}
    assert network.placement.legs(1).leg == ("left", "right")
    assert links(network.tree("matrix")) == {"a": None, "e": "a"}
    assert network.names == ("sponsor", "placement", "matrix")
    assert network.problems == ()


def test_moves_that_cannot_be_applied_are_listed() -> None:
    """An unknown person, an unknown parent, no date, and one's own downline; the earlier link stays."""
    network = Network.from_table(
        PEOPLE,
        moves(
            ("zed", "sponsor", "a", None, date(2024, 2, 1)),
            ("d", "sponsor", "zed", None, date(2024, 2, 1)),
            ("e", "sponsor", "a", None, None),
            ("a", "sponsor", "d", None, date(2024, 2, 1)),
            ("a", "sponsor", "a", None, date(2024, 2, 2)),
            ("b", "sponsor", "c", None, date(2024, 2, 3)),
        ),
    )
    (problem,) = network.problems
    assert (problem.code, problem.tree, problem.count) == ("unusable-move", "sponsor", 5)
    assert problem.rows["row"].to_pylist() == [0, 1, 2, 3, 4]
    assert links(network.sponsor) == {"a": None, "b": "c", "c": "a", "d": "b", "e": "c"}


def test_two_people_can_change_places_on_one_day() -> None:
    """Moves of the same second are tried in whichever order works; of one person's, the last row holds."""
    network = Network.from_table(
        PEOPLE,
        moves(
            ("a", "sponsor", "b", None, date(2024, 2, 1)),
            ("b", "sponsor", "d", None, date(2024, 2, 1)),
            ("b", "sponsor", None, None, date(2024, 2, 1)),
        ),
    )
    assert network.problems == ()
    assert links(network.sponsor) == {"b": None, "a": "b", "c": "a", "d": "b", "e": "c"}


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 8), st.integers(0, 10))
def test_moves_agree_with_a_dictionary(data: st.DataObject, people: int, made: int) -> None:
    """One move a day, at any day asked: the state that a dictionary of parents would have."""
    row = st.integers(0, people - 1)
    names = [f"p{number}" for number in range(people)]
    steps = [(data.draw(row), data.draw(st.none() | row)) for _ in range(made)]
    network = Network.from_table(
        pl.DataFrame({"id": names, "sponsor_id": [None, *(names[(n - 1) // 2] for n in range(1, people))]}),
        moves(
            *(
                (names[who], "sponsor", None if up is None else names[up], None, date(2024, 1, day + 1))
                for day, (who, up) in enumerate(steps)
            )
        ),
    )
    state: dict[str, str | None] = {
        name: None if number == 0 else names[(number - 1) // 2] for number, name in enumerate(names)
    }
    assert links(network.tree(as_of=date(2023, 1, 1), present_only=False)) == state
    refused = []
    for day, (who, up) in enumerate(steps):
        above = None if up is None else names[up]
        while above is not None and above != names[who]:
            above = state[above]
        if above is None:
            state[names[who]] = None if up is None else names[up]
        else:
            refused.append(day)
        assert links(network.tree(as_of=date(2024, 1, day + 1), present_only=False)) == state
    assert [each for problem in network.problems for each in problem.rows["row"].to_pylist()] == refused


def test_repaired_people_keep_their_rows() -> None:
    """Duplicates go, the unknown sponsor comes last, in every tree and in the table alike."""
    network = Network.from_table(
        pl.DataFrame(
            {
                "id": ["a", "b", "a", "c"],
                "sponsor_id": [None, "gone", None, "a"],
                "placement_id": [None, "a", None, "gone too"],
                "joined": [1, 2, 3, None],
                "name": ["A", "B", "A again", "C"],
            }
        )
    )
    assert network.participants["id"].to_list() == network.ids.to_list() == ["a", "b", "c", "(unknown sponsor)"]
    assert network.participants["name"].to_list() == ["A", "B", "C", None]
    assert network.unknown_row == 3
    assert network.joined.tolist() == [1, 2, UNKNOWN, UNKNOWN]
    assert network.left.tolist() == [UNKNOWN] * 4
    assert links(network.sponsor)["b"] == "(unknown sponsor)"
    assert network.placement is not None
    assert links(network.placement)["c"] == "(unknown sponsor)"
    assert [(problem.tree, problem.code) for problem in network.problems] == [
        ("sponsor", "duplicate-id"),
        ("sponsor", "missing-sponsor"),
        ("placement", "missing-sponsor"),
    ]


def test_read_from_a_folder(tmp_path: Path) -> None:
    """Parquet as intake writes it, with and without moves."""
    pq.write_table(PEOPLE.to_arrow(), tmp_path / "participants.parquet")
    assert len(Network.from_parquet(tmp_path)) == 5
    changed = moves(("d", "sponsor", "a", None, date(2024, 2, 1))).with_columns(pl.col("from").cast(pl.Datetime("ms")))
    pq.write_table(changed.to_arrow(), tmp_path / "moves.parquet")
    network = Network.from_parquet(str(tmp_path))
    assert links(network.sponsor)["d"] == "a"
    assert links(network.tree(as_of=datetime(2024, 1, 31, tzinfo=UTC)))["d"] == "b"


def test_a_table_without_sponsors_is_a_row_of_roots() -> None:
    """Only ids: everybody is a root, and that is said."""
    network = Network.from_table(pl.DataFrame({"id": ["a", "b"]}))
    assert [problem.code for problem in network.problems] == ["several-roots"]
    assert network.sponsor.levels == 1
