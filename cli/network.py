"""The command about the tree: `tree`."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import CaseFolder, Json, Lang, Language, Limit
from cli.output import print_json, print_lines, print_table, progress_bar
from cli.records import opened_case

if TYPE_CHECKING:
    from genealogy.network import Network
    from genealogy.tree import Tree

Person = Annotated[str | None, typer.Argument(help="A participant's id; without it, the whole tree in figures.")]
TreeName = Annotated[str, typer.Option("--tree", help="Which tree: sponsor, placement, matrix.")]
IntoNeo4j = Annotated[
    str | None,
    typer.Option(
        "--neo4j",
        help="Copy the whole network to this Neo4j server (bolt://localhost:7687), for Cypher and Bloom. The login is"
        " taken from DOWNLINE_NEO4J_USER and DOWNLINE_NEO4J_PASSWORD.",
        metavar="URI",
    ),
]
Levels = Annotated[int, typer.Option("--levels", min=1, help="How many levels of downline to list.")]


def register(app: typer.Typer) -> None:
    """Adds this file's command."""
    app.command()(tree)


def tree(
    case: CaseFolder,
    person: Person = None,
    tree: TreeName = "sponsor",
    levels: Levels = 2,
    limit: Limit = 50,
    into_neo4j: IntoNeo4j = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """The tree in figures, or one participant with upline and downline."""
    network = opened_case(case).snapshot().network
    if into_neo4j is not None:
        _copy(network, into_neo4j, lang, json=json)
        return
    chosen = network.tree(tree)
    if person is None:
        _show_tree(network, chosen, lang, json=json)
    else:
        _show_person(network, chosen, person, levels, limit, lang, json=json)


def _copy(network: Network, uri: str, lang: Language, *, json: bool) -> None:
    """Write the network to a server, and say what stands there afterwards."""
    from cli.words import tree_name, word
    from genealogy.stores import Neo4jStore

    password = os.environ.get("DOWNLINE_NEO4J_PASSWORD")
    login = None if password is None else (os.environ.get("DOWNLINE_NEO4J_USER", "neo4j"), password)
    with Neo4jStore(uri, login) as store:
        with progress_bar(quiet=json) as progress:
            store.write(network, progress)
        found = {name: asdict(store.counts(name)) for name in store.trees()}
    if json:
        print_json({"uri": uri, "trees": found})
        return
    for name, counts in found.items():
        figures = {key: counts[key] for key in ("people", "roots", "depth")}
        named = tree_name(name)
        print_lines(word(lang, "tree_copied", uri=uri, tree=named, **figures))


def _show_tree(network: Network, chosen: Tree, lang: Language, *, json: bool) -> None:
    from cli.words import headings, tree_name, word

    profile = [int(count) for count in chosen.level_profile()]
    recruits = chosen.direct_counts()
    top = (
        sorted(range(len(chosen)), key=lambda i: (-int(recruits[i]), i))[:10]
        if len(chosen) < 100_000
        else _top(recruits)
    )
    found = {
        "tree": chosen.name,
        "participants": len(chosen),
        "roots": profile[0] if profile else 0,
        "deepest_level": len(profile) - 1,
        "without_recruit": int((recruits == 0).sum()),
        "by_level": profile,
        "largest_recruiters": [{"id": chosen.id_of(i), "recruits": int(recruits[i])} for i in top],
        "problems": [
            {"code": problem.code, "count": problem.count, "text": problem.text, "repair": problem.repair}
            for problem in network.problems
            if problem.tree == chosen.name
        ],
    }
    if json:
        print_json(found)
        return
    named = tree_name(chosen.name)
    figures = {"people": len(chosen), "roots": found["roots"], "levels": found["deepest_level"]}
    print_lines(
        word(lang, "tree_head", tree=named, **figures, without=found["without_recruit"]),
        "",
    )
    levels = [(level, f"{count:,}") for level, count in enumerate(profile[:40])]
    print_table(headings(lang, "level", "participants"), levels, numbers=(0, 1), lang=lang)
    if len(profile) > 40:
        print_lines(word(lang, "deeper", more=len(profile) - 40))
    print_lines("", word(lang, "most_recruits"))
    largest = [(chosen.id_of(i), f"{int(recruits[i]):,}") for i in top]
    print_table(headings(lang, "id", "recruits"), largest, numbers=(1,), lang=lang)
    for problem in network.problems:
        if problem.tree == chosen.name:
            print_lines("", problem.text.in_language(lang.value), "  " + problem.repair.in_language(lang.value))


def _top(recruits: Any) -> list[int]:
    import numpy as np

    candidates = np.argpartition(recruits, -10)[-10:]
    return [int(i) for i in candidates[np.lexsort((candidates, -recruits[candidates]))]]


def _show_person(
    network: Network, chosen: Tree, person: str, levels: int, limit: int, lang: Language, *, json: bool
) -> None:
    from cli.words import WORDS, headings, word
    from intake.schema import PERSONAL

    at = chosen.index(person)
    upline = [chosen.id_of(int(i)) for i in chosen.upline(at)]
    below = chosen.downline(at)
    own_depth = int(chosen.depth[at])
    near = (chosen.depth[below] - own_depth <= levels).nonzero()[0][:limit] + below.start
    listed: list[dict[str, Any]] = [
        {"id": chosen.id_of(i), "level": int(chosen.depth[i]) - own_depth, "downline": int(chosen.size[i]) - 1}
        for i in map(int, near)
    ]
    record = network.participants.row(int(chosen.row[at]), named=True)
    found = {
        "id": person,
        "level": own_depth,
        "downline": int(chosen.size[at]) - 1,
        "recruits": len(chosen.children(at)),
        "record": {name: value for name, value in record.items() if value is not None and name not in PERSONAL},
        "upline": upline,
        "listed": listed,
    }
    if json:
        print_json(found)
        return
    file, line = record.get("source_file"), record.get("source_line")
    print_lines(
        word(lang, "person", id=person, level=own_depth, recruits=found["recruits"], downline=found["downline"]),
        word(lang, "person_from", file=file, line=line) if file else "",
        word(lang, "upline", names=" < ".join(upline) if upline else WORDS["no_upline"]),
        "",
    )
    print_table(
        headings(lang, "level", "id", "downline"),
        [(row["level"], "  " * (row["level"] - 1) + row["id"], f"{row['downline']:,}") for row in listed],
        numbers=(2,),
        lang=lang,
    )
    if len(listed) == limit:
        print_lines(word(lang, "first_only", limit=limit))
