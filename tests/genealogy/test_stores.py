"""The contract of a store, held to by every store alike.

What is expected comes from the `Network` that was written, which the tests of trees hold to their definition.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from threading import Thread

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from genealogy import Network, Tree
from genealogy.errors import GenealogyError
from genealogy.stores import Counts, Member, Page, Store
from genealogy.stores.errors import NotInDownline, StoreEmpty, StoreUnwritable, UnknownParticipant, UnknownTree
from intake.progress import Cancelled

_SPEC = importlib.util.spec_from_file_location("genealogy_networks", Path(__file__).with_name("networks.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
networks = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(networks)

TREES = ("parent", "size", "depth", "row", "position")


def same(found: Network, expected: Network) -> None:
    """Assert that two networks are equal in everything they hold."""
    assert_frame_equal(found.participants, expected.participants)
    assert found.names == expected.names
    assert found.unknown_row == expected.unknown_row
    for name, tree in expected.trees.items():
        other = found.trees[name]
        assert other.ids.to_pylist() == tree.ids.to_pylist()
        assert all((getattr(other, array) == getattr(tree, array)).all() for array in TREES)
        assert other.has_legs == tree.has_legs
        assert [other.legs(node).leg for node in range(len(tree))] == [tree.legs(node).leg for node in range(len(tree))]
    assert (found.moves is None) == (expected.moves is None)
    if expected.moves is not None and found.moves is not None:
        assert_frame_equal(found.moves.table, expected.moves.table)
    assert [(p.code, p.tree, p.count, p.text, p.repair) for p in found.problems] == [
        (p.code, p.tree, p.count, p.text, p.repair) for p in expected.problems
    ]
    assert [p.rows.to_pylist() for p in found.problems] == [p.rows.to_pylist() for p in expected.problems]


def member(network: Network, tree: Tree, node: int) -> Member:
    """What a store has to say about a position of a tree."""
    parent = int(tree.parent[node])
    return Member(
        tree.id_of(node),
        tree.name,
        None if parent < 0 else tree.id_of(parent),
        node,
        int(tree.size[node]),
        int(tree.depth[node]),
        network.participants.row(int(tree.row[node]), named=True),
    )


def above(network: Network, participant_id: str) -> list[str]:
    """Ids of the sponsors above somebody, nearest first."""
    tree = network.sponsor
    return [tree.id_of(int(node)) for node in tree.upline(tree.index(participant_id))]


def pages(turn: Callable[[str | None], Page]) -> Iterator[Page]:
    """All pages of a list, from the first on."""
    page = turn(None)
    yield page
    while page.next is not None:
        page = turn(page.next)
        yield page


@pytest.mark.parametrize("make", [networks.odd, lambda: networks.grown(3000), lambda: networks.chain(5000)])
def test_what_is_read_is_what_was_written(store: Store, make: Callable[[], Network]) -> None:
    """Rows in their order, trees, legs, moves and problems: nothing changes on the way."""
    network = make()
    store.write(network)
    same(store.read(), network)


def test_real_members_come_back_unchanged(store: Store, beehive: Path) -> None:
    """A real scheme's 4,016 members and their referrers."""
    if not (beehive / "participants.csv").is_file():
        pytest.skip("the bundled records are not in this checkout")
    network = networks.beehive(beehive)
    store.write(network)
    assert store.counts().people == len(network)
    same(store.read(), network)


def test_each_participant_stands_where_its_tree_says(store: Store) -> None:
    """Place, parent and all columns, in each tree; ids with quotes, backslashes and Arabic letters among them."""
    network = networks.odd()
    store.write(network)
    for name in ("sponsor", "placement", "matrix"):
        tree = network.tree(name)
        assert [store.participant(tree.id_of(node), tree=name) for node in range(len(tree))] == [
            member(network, tree, node) for node in range(len(tree))
        ], name


def test_upline_is_nearest_first(store: Store) -> None:
    """From the parent to the root, in each tree; a root has none."""
    network = networks.odd()
    store.write(network)
    for name in ("sponsor", "placement"):
        tree = network.tree(name)
        for node in range(len(tree)):
            expected = [member(network, tree, int(above)) for above in tree.upline(node)]
            assert list(store.upline(tree.id_of(node), tree=name)) == expected, (name, node)


def test_upline_of_five_thousand_levels(store: Store) -> None:
    """A chain is a tree like any other: no recursion limit, no path explosion."""
    network = networks.chain(5000)
    store.write(network)
    above = store.upline("C4999")
    assert [each.id for each in above] == [f"C{step}" for step in reversed(range(4999))]
    assert store.counts() == Counts(people=5000, roots=1, depth=4999, leaves=1)
    assert [each.id for each in store.downline("C4000", levels=40, limit=100).members] == [
        f"C{step}" for step in range(4001, 4041)
    ]


def test_pages_give_each_of_the_downline_once(store: Store) -> None:
    """However it is paged: in preorder, nobody twice, nobody missing, full pages except the last."""
    network = networks.grown(70)
    tree = network.sponsor
    store.write(network)
    ways = product((None, 1, 2, 3, 4, 9), (1, 7, 10_000), (0, 1, int(tree.leaves()[0])))
    for levels, limit, node in ways:
        top = tree.id_of(node)
        whole = range(*tree.downline(node).indices(len(tree)))
        deepest = len(tree) if levels is None else int(tree.depth[node]) + levels
        expected = [member(network, tree, below) for below in whole if tree.depth[below] <= deepest]
        turn = partial(store.downline, top, levels=levels, limit=limit)
        turned = list(pages(lambda after, turn=turn: turn(after=after)))
        assert [each for page in turned for each in page.members] == expected, (levels, limit, node)
        assert all(len(page.members) == limit for page in turned[:-1])


def test_children_are_the_first_level(store: Store) -> None:
    """In the order of the tree, which in the placement tree is that of the legs."""
    network = networks.odd()
    store.write(network)
    for name, tree in network.trees.items():
        for node in range(len(tree)):
            expected = [tree.id_of(int(child)) for child in tree.children(node)]
            turned = pages(lambda after: store.children(tree.id_of(node), tree=name, after=after, limit=2))  # noqa: B023
            assert [each.id for page in turned for each in page.members] == expected


def test_counts_agree_with_the_tree(store: Store) -> None:
    """People, roots, depth, leaves."""
    network = networks.odd()
    store.write(network)
    assert store.trees() == ("sponsor", "placement", "matrix")
    for name in store.trees():
        tree = network.tree(name)
        assert store.counts(name) == Counts(len(tree), len(tree.roots()), int(tree.depth.max()), len(tree.leaves()))


def test_search_finds_ids_by_their_beginning(store: Store) -> None:
    """Letter by letter, in the order of code points, at most `limit`."""
    network = networks.odd()
    store.write(network)
    for prefix in ("", "G-0", "G-0001", "g", "%", "٤", "u", "😀", "\U0010ffff", "e", "no such id"):
        expected = sorted(each for each in network.ids.to_list() if each.startswith(prefix))
        assert [each.id for each in store.search(prefix, limit=100)] == expected, prefix
        assert [each.id for each in store.search(prefix, limit=2)] == expected[:2], prefix


def test_a_write_replaces_everything(store: Store) -> None:
    """No merge: participants, trees and moves of the network before are gone."""
    store.write(networks.odd())
    network = networks.grown(500)
    store.write(network)
    same(store.read(), network)
    assert store.trees() == ("sponsor",)
    with pytest.raises(UnknownParticipant):
        store.participant("UPPER")
    store.write(networks.odd())
    same(store.read(), networks.odd())


def test_an_empty_network_can_be_kept(store: Store) -> None:
    """Nobody is a network too, and differs from nothing written."""
    network = Network.from_table(pl.DataFrame({"id": [], "sponsor_id": []}, schema_overrides={"id": pl.String}))
    store.write(network)
    same(store.read(), network)
    assert store.counts() == Counts(people=0, roots=0, depth=-1, leaves=0)
    assert store.search("") == ()


def test_nothing_written_is_said_so(store: Store) -> None:
    """Every question, and `read`, before the first write."""
    for question in (store.read, store.trees, store.counts, lambda: store.upline("a"), lambda: store.search("a")):
        with pytest.raises(StoreEmpty, match="write one first"):
            question()


def test_unknown_ids_and_trees_are_named(store: Store) -> None:
    """The error is the room's own, names what was asked for, and is not a near match."""
    store.write(networks.odd())
    for unknown in ("", "nobody knows", "Upper", "007 ", "' OR 1=1 --"):
        for question in (store.participant, store.upline, store.downline, store.children):
            with pytest.raises(UnknownParticipant) as caught:
                question(unknown)
            assert repr(unknown) in str(caught.value)
    with pytest.raises(UnknownParticipant, match="the placement tree has no participant 'orphan'"):
        store.participant("orphan", tree="placement")
    with pytest.raises(UnknownTree, match="placement"):
        store.counts("placements")
    for question in (store.participant, store.upline, store.downline):
        with pytest.raises(GenealogyError, match="no 'matriks' tree"):
            question("UPPER", tree="matriks")


def test_a_page_cannot_go_on_from_elsewhere(store: Store) -> None:
    """A cursor from another list is refused: an empty page would look like the end of this one."""
    network = networks.grown(200)
    tree = network.sponsor
    store.write(network)
    first, second = (tree.id_of(int(root)) for root in tree.roots()[:2])
    deep = tree.id_of(int(tree.depth.argmax()))
    for top, after in ((first, second), (second, first), (first, first), (first, "nobody")):
        with pytest.raises(NotInDownline):
            store.downline(top, after=after)
    with pytest.raises(NotInDownline):
        store.children(tree.id_of(int(tree.upline(tree.index(deep))[-1])), after=deep)


def test_bounds_that_make_no_sense_are_refused(store: Store) -> None:
    """Rather than read as something else."""
    store.write(networks.chain(3))
    for levels, limit in ((0, 5), (-1, 5), (None, 0), (None, 10_001)):
        with pytest.raises(ValueError, match="must be"):
            store.downline("C0", levels=levels, limit=limit)


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (pl.Series("earned", [1.5]), "minor units"),
        (pl.Series("size", [1]), "uses itself"),
        (pl.Series("a`b", ["x"]), "ASCII"),
        (pl.Series("at", [networks.START]).dt.replace_time_zone("Africa/Cairo"), "Africa/Cairo"),
        (pl.Series("at", [networks.START.replace(microsecond=1)]), "millisecond"),
    ],
)
def test_what_cannot_be_given_back_is_not_taken(store: Store, column: pl.Series, says: str) -> None:
    """Neither rounded nor dropped: refused by name before anything is written."""
    people = pl.DataFrame({"id": ["a"], "sponsor_id": [None]}, schema_overrides={"sponsor_id": pl.String})
    with pytest.raises(StoreUnwritable, match=says) as caught:
        store.write(Network.from_table(people.with_columns(column)))
    assert repr(column.name) in str(caught.value)
    with pytest.raises(StoreEmpty):
        store.read()


def test_extra_columns_of_every_kind_survive(store: Store) -> None:
    """Whole numbers to the last of 64 bits, dates, yes and no, and their gaps."""
    people = pl.DataFrame(
        {
            "id": ["a", "b", "c"],
            "sponsor_id": [None, "a", "a"],
            "amount_minor": [2**63 - 1, -(2**63), None],
            "small": pl.Series([1, None, 255], dtype=pl.UInt8),
            "active": [True, False, None],
            "born": [networks.START.date(), None, None],
            "seen": pl.Series([networks.START, None, None], dtype=pl.Datetime("us")),
            "nothing": pl.Series([None] * 3, dtype=pl.Int64),
        }
    )
    network = Network.from_table(people)
    store.write(network)
    same(store.read(), network)
    assert store.participant("a").columns == network.participants.row(0, named=True)


@pytest.mark.parametrize("told", [1, 2, 4])
def test_an_interrupted_write_leaves_the_network_before(store: Store, told: int) -> None:
    """Whoever stops a write finds what was there, whole, and can write again."""
    before, after = networks.odd(), networks.grown(2500)
    store.write(before)
    calls = 0

    def stop(stage: str, share: float) -> None:
        nonlocal calls
        assert 0 <= share <= 1
        calls += 1
        if calls == told:
            raise Cancelled

    try:
        store.write(after, stop)
    except Cancelled:
        same(store.read(), before)
    assert calls >= min(told, 3)
    store.write(after)
    same(store.read(), after)


def test_progress_comes_to_its_end(store: Store) -> None:
    """Each stage's share grows, and the last word is 1."""
    heard: dict[str, list[float]] = {}
    store.write(networks.grown(2500), lambda stage, share: heard.setdefault(stage, []).append(share))
    assert all(shares == sorted(shares) for shares in heard.values())
    assert all(shares[-1] == 1.0 for shares in heard.values())


def test_readers_see_one_network_or_the_other(store: Store) -> None:
    """While one network replaces another, no answer mixes the two or loses anybody."""
    small, large = networks.grown(300, seed=1), networks.grown(2500, seed=2)
    store.write(small)
    uplines = {tuple(above(network, "G-00299")) for network in (small, large)}
    faults: list[object] = []
    done = False

    def ask() -> None:
        while not done:
            try:
                found = tuple(each.id for each in store.upline("G-00299"))
                if found not in uplines:
                    faults.append(found)
                people = len(store.read())
                if people not in (300, 2500):
                    faults.append(people)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
                faults.append(error)

    readers = [Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    for network in (large, small, large):
        store.write(network)
    done = True
    for reader in readers:
        reader.join()
    assert faults == []
