"""The queries of the Neo4j store, in one place, so that who lives in Cypher can read what is asked.

    (:Participant {version, row, id, ..., pre, size, depth})-[:SPONSORED_BY]->(:Participant)
                                                            -[:PLACED_UNDER]->, -[:PLACED_IN_MATRIX_UNDER]->
    (:Network {name, current, writing, versions, ...})      which version is whole, which is on its way
    (:NetworkExtra {version, name, part, bytes})            moves and problems, packed

Values travel as parameters. What is put into a text are names of trees and of columns that
`frames.check_columns` has passed (ASCII identifiers, quoted here), and numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from genealogy.stores.contract import RELATIONSHIPS

NETWORK = "downline"
"""`name` of the one (:Network) that a database holds."""

STRIDE = 100
"""Levels of an upline that are asked for at a time."""

DATES = {"Datetime": "datetime({{epochMillis: {0}}})", "Date": "date({0})"}
"""How a value that travels as a number or a text becomes a date in the graph."""

STATE = "MATCH (n:Network {name: $network}) RETURN properties(n) AS state"

BEGIN = """
MERGE (n:Network {name: $network})
SET n.writing = $version, n.versions = coalesce(n.versions, []) + $version
RETURN n.current AS current, n.versions AS versions
"""

SWITCH = """
MATCH (n:Network {name: $network, writing: $version})
SET n += $state, n.current = $version, n.writing = null
RETURN count(*) AS done
"""

GIVE_UP = """
MATCH (n:Network {name: $network, writing: $version})
SET n.writing = null
"""

FORGET = """
MATCH (n:Network {name: $network})
SET n.versions = [version IN n.versions WHERE version <> $version]
"""

COUNT_PARTICIPANTS = """
MATCH (p:Participant) WHERE p.version = $version AND p.pre >= 0
RETURN count(*) AS people
"""

REMOVE_PARTICIPANTS = """
MATCH (p:Participant) WHERE p.version = $version AND p.pre >= 0
WITH p LIMIT $batch
DETACH DELETE p
RETURN count(*) AS done
"""

REMOVE_EXTRAS = """
MATCH (e:NetworkExtra {version: $version})
DELETE e
"""

WRITE_EXTRA = """
MATCH (n:Network {name: $network, writing: $version})
MERGE (e:NetworkExtra {version: $version, name: $name, part: $part})
SET e.bytes = $bytes
RETURN count(*) AS done
"""

READ_EXTRAS = """
MATCH (e:NetworkExtra {version: $version})
RETURN e.name AS name, e.bytes AS bytes ORDER BY name, e.part
"""

WHILE_WRITING = """
MATCH (n:Network) USING SCAN n:Network
WHERE n.name = $network AND n.writing = $version
"""
"""Nothing is written by who is no longer the writer. A look-up in the constraint's index would lock the node."""

AWAIT_INDEXES = "CALL db.awaitIndexes(300)"


KINDS: dict[str, pl.DataType] = {
    each.__name__: each()
    for each in (
        pl.Null,
        pl.String,
        pl.Boolean,
        pl.Date,
        pl.Int8,
        pl.Int16,
        pl.Int32,
        pl.Int64,
        pl.UInt8,
        pl.UInt16,
        pl.UInt32,
    )
} | {f"Datetime {unit}": pl.Datetime(unit) for unit in ("ms", "us", "ns")}
"""The types of columns, as they are named on the (:Network)."""


def kind(dtype: pl.DataType) -> str:
    """The type of a column without its unit: `String`, `Datetime`, ..."""
    return dtype.base_type().__name__


def stored_kind(dtype: pl.DataType) -> str:
    """The name of a type in `KINDS`."""
    return next(name for name, each in KINDS.items() if each == dtype)


def loaded_kind(name: str) -> pl.DataType:
    """The type of a name in `KINDS`."""
    return KINDS[name]


def prefixed(tree: str, place: str) -> str:
    """The property that holds a place in a tree: `pre` among the sponsors, `placement_pre` among the placed."""
    return place if tree == "sponsor" else f"{tree}_{place}"


def schema(trees: Sequence[str]) -> list[str]:
    """The statements that make constraints and indexes; each may be run again."""
    return [
        "CREATE CONSTRAINT downline_network IF NOT EXISTS FOR (n:Network) REQUIRE n.name IS UNIQUE",
        "CREATE CONSTRAINT downline_participant IF NOT EXISTS FOR (p:Participant) REQUIRE (p.version, p.id) IS UNIQUE",
        "CREATE INDEX downline_id IF NOT EXISTS FOR (p:Participant) ON (p.id)",
        "CREATE INDEX downline_extra IF NOT EXISTS FOR (e:NetworkExtra) ON (e.version)",
    ] + [
        f"CREATE INDEX downline_{tree} IF NOT EXISTS FOR (p:Participant) ON (p.version, p.{prefixed(tree, 'pre')})"
        for tree in trees
    ]


def write_participants(columns: Sequence[tuple[str, str]], *, again: bool) -> str:
    """Make a batch of participants from one list per column.

    Args:
        columns: Name and type (`String`, `Datetime`, ...) of each column.
        again: Whether the batch may be there already, in whole, because its first answer was lost.
    """
    values = []
    for name, kind in columns:
        value = f"$`{name}`[i]"
        made = f"CASE WHEN {value} IS NULL THEN NULL ELSE {DATES[kind].format(value)} END" if kind in DATES else value
        values.append(f"`{name}`: {made}")
    properties = ", ".join(values)
    make = (
        f"MERGE (p:Participant {{version: $version, id: $id[i]}}) SET p += {{{properties}}}"
        if again
        else f"CREATE (p:Participant {{version: $version, {properties}}})"
    )
    return f"""
{WHILE_WRITING}UNWIND range(0, $count - 1) AS i
{make}
RETURN count(*) AS done
"""


def write_links(tree: str, *, again: bool) -> str:
    """Make a batch of links of a tree, both ends found by their place among the sponsors."""
    make = "MERGE" if again else "CREATE"
    return f"""
{WHILE_WRITING}UNWIND range(0, $count - 1) AS i
MATCH (c:Participant {{version: $version, pre: $child[i]}})
MATCH (p:Participant {{version: $version, pre: $parent[i]}})
{make} (c)-[:{RELATIONSHIPS[tree]}]->(p)
RETURN count(*) AS done
"""


def _member(tree: str) -> str:
    return f"""
OPTIONAL MATCH (m)-[:{RELATIONSHIPS[tree]}]->(above:Participant)
RETURN properties(m) AS member, above.id AS parent_id"""


def participant(tree: str) -> str:
    """One participant by id."""
    return f"""
MATCH (m:Participant {{version: $version, id: $id}})
WHERE m.{prefixed(tree, "pre")} IS NOT NULL
{_member(tree)}
"""


def upline(tree: str) -> str:
    """The nearest `STRIDE` above one participant, nearest first.

    A path remembers each link it went along, so the memory for all uplines of one path grows with the square of its
    length: five thousand levels at once need more than a gigabyte, and in strides next to nothing.
    """
    return f"""
MATCH (start:Participant {{version: $version, id: $id}})
MATCH (start) (()-[:{RELATIONSHIPS[tree]}]->()){{1,{STRIDE:d}}} (m:Participant)
WITH m ORDER BY m.{prefixed(tree, "depth")} DESC
{_member(tree)}
ORDER BY m.{prefixed(tree, "depth")} DESC
"""


def downline(tree: str) -> str:
    """A page of a range of positions, read off the index in its order, which is by version first."""
    pre, depth = prefixed(tree, "pre"), prefixed(tree, "depth")
    return f"""
MATCH (m:Participant)
WHERE m.version = $version AND m.{pre} > $last AND m.{pre} < $end AND m.{depth} <= $deepest
WITH m ORDER BY m.version, m.{pre} LIMIT $limit
{_member(tree)}
ORDER BY m.{pre}
"""


def near_downline(tree: str, levels: int) -> str:
    """A page of few levels: a walk down the links, past neither the levels nor the branches before the page."""
    pre, size = prefixed(tree, "pre"), prefixed(tree, "size")
    return f"""
MATCH (start:Participant {{version: $version, id: $id}})
MATCH (start) (()<-[:{RELATIONSHIPS[tree]}]-(below WHERE below.{pre} + below.{size} > $last)){{1,{levels:d}}} (m:Participant)
WHERE m.{pre} > $last
WITH m ORDER BY m.{pre} LIMIT $limit
{_member(tree)}
ORDER BY m.{pre}
"""


def search() -> str:
    """Participants whose id begins with a prefix."""
    return f"""
MATCH (m:Participant)
WHERE m.version = $version AND m.id STARTS WITH $prefix
WITH m ORDER BY m.version, m.id LIMIT $limit
{_member("sponsor")}
ORDER BY m.id
"""


def read_participants(columns: Sequence[tuple[str, str]], trees: Sequence[str]) -> str:
    """Everybody, in preorder: the row, the parent's row in each tree, and the columns."""
    values = ["m.row"] + [f"{tree}_parent.row" for tree in trees]
    for name, kind in columns:
        value = f"m.`{name}`"
        values.append({"Datetime": f"{value}.epochMillis", "Date": f"toString({value})"}.get(kind, value))
    links = "\n".join(f"OPTIONAL MATCH (m)-[:{RELATIONSHIPS[tree]}]->({tree}_parent:Participant)" for tree in trees)
    return f"""
MATCH (m:Participant)
WHERE m.version = $version AND m.pre >= 0
{links}
RETURN {", ".join(f"{value} AS v{number}" for number, value in enumerate(values))}
"""
