"""Which table a file is, and which of its columns is which.

A heading is compared with the known spellings of six languages (`intake.headings`), and the values must agree
(`intake.weighing`): a column headed `user name` may hold wallets, a `level` may be a rank, a depth or a commission
level. Sponsors are found by looking for the column whose values are the ids of another. Every guess carries a
percentage and a sentence; the data sheet overrides all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

import polars as pl

from intake.evidence import Evidence, contained, examine
from intake.headings import synonyms_for, vocabularies
from intake.matching import is_generic, match
from intake.remarks import remark
from intake.schema import TABLES
from intake.values.folding import fold, words
from intake.weighing import percent, weigh

SAMPLE_ROWS = 1000
_ENOUGH = 40
_ENOUGH_ALONE = 20
_SURE = 75
_TABLE_ENOUGH = 35

_WEIGHTS: dict[str, dict[str, float]] = {
    "participants": {"id": 2, "sponsor_id": 4, "placement_id": 3, "leg": 2, "matrix_id": 3, "manager_id": 1.5, "joined": 1, "left": 1, "kind": 0.5, "rank": 1,
                     "country": 0.5, "name": 0.5, "person": 0.5, "phone": 0.5, "email": 0.5, "address": 0.5, "bank": 0.5},
    "orders": {"id": 1, "date": 1, "delivered": 1, "seller_id": 1, "buyer_id": 1.5, "buyer_kind": 1, "product": 2, "category": 2,
               "quantity": 2, "amount": 2, "tax": 1, "freight": 1, "discount": 1, "cost": 1, "volume": 2, "points": 1,
               "currency": 0.5, "reverses": 0.5, "coupon_id": 0.5, "receipt": 0.5},
    "payouts": {"id": 1, "date": 1, "period": 1, "participant_id": 1.5, "component": 2, "level": 1.5, "amount": 2,
                "currency": 0.5, "source_order_id": 1, "source_participant_id": 2.5},
    "returns": {"id": 1, "order_id": 1.5, "participant_id": 1, "requested": 2.5, "decided": 2.5, "outcome": 2.5, "amount": 1.5,
                "currency": 0.5},
    "ranks": {"participant_id": 1.5, "period": 2.5, "rank": 3},
    "moves": {"participant_id": 1, "tree": 3, "parent_id": 3, "leg": 1, "from": 3},
    "clicks": {"participant_id": 1, "order_id": 1, "buyer_id": 1, "date": 3, "kind": 2},
    "facts": {"participant_id": 1, "period": 1, "fact": 4, "value": 2},
    "complaints": {"id": 1, "date": 2.5, "order_id": 1, "buyer_id": 1, "participant_id": 1, "subject": 2.5, "resolved": 1.5},
    "invitations": {"id": 1, "participant_id": 2, "date": 2, "contact": 1, "buyer_id": 2, "accepted": 2.5, "order_id": 1,
                    "channel": 1},
}  # fmt: skip
"""How much a column speaks for its table."""

_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "participants": (("id",), ("sponsor_id", "placement_id", "matrix_id", "joined", "rank", "leg", "kind")),
    "orders": (("amount",), ("buyer_id", "seller_id", "id", "product", "category")),
    "payouts": (("participant_id",), ("amount",)),
    "returns": (("order_id", "participant_id"), ("requested", "decided", "outcome"), ("outcome", "amount", "id")),
    "ranks": (("participant_id",), ("period",), ("rank",)),
    "moves": (("participant_id",), ("parent_id",), ("from",)),
    "clicks": (("participant_id",), ("date",), ("order_id", "buyer_id")),
    "facts": (("fact",), ("value",)),
    "complaints": (("date",), ("order_id", "buyer_id", "participant_id"), ("subject", "id", "resolved")),
    "invitations": (("participant_id",), ("date", "accepted"), ("buyer_id", "contact", "order_id")),
}
"""One column of each group must be found; a currency may come from the data sheet."""

_TELLING = {
    "clicks": ("date", "kind"),
    "facts": ("fact",),
    "complaints": ("id", "date", "subject"),
    "invitations": ("date", "accepted"),
}
"""Tables whose rows look like many others': one of these columns, or the file's name, must say what they are."""

_FILE_NAME = 4.0
_PARENTS = frozenset({"sponsor_id", "placement_id", "matrix_id"})
_STRONG_AMOUNTS = frozenset(
    folded
    for table in ("orders", "payouts")
    for folded, spelling in vocabularies()[table].columns["amount"].items()
    if not spelling.weak
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What one heading is taken for: a column of the table or None, how sure (0 to 100), and why in a sentence."""

    heading: str
    target: str | None
    confidence: int
    why: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: int
    target: str
    score: int
    why: str


def recognise_table(
    headings: Sequence[str], sample: pl.DataFrame, filename: str
) -> tuple[str | None, int, list[Guess]]:
    """The table that a file is, how sure (0 to 100), and a guess for each heading.

    Args:
        headings: as found, in order; generated ones (`col1`) say nothing and leave the judgment to the values.
        sample: up to 1000 rows, all strings, one column per heading in the same order.
        filename: its words count as a hint.

    Returns:
        The table's name, or None when no table's necessary columns were found; then no heading has a target.
    """
    sample = sample.head(SAMPLE_ROWS)
    evidence = _examine(sample, len(headings))
    scored: list[tuple[float, str, list[Guess]]] = []
    for table in TABLES:
        guesses = _columns(table, headings, evidence, sample)
        scored.append((_table_score(table, guesses, evidence, filename), table, guesses))
    scored.sort(key=lambda entry: -entry[0])
    (best, table, guesses), second = scored[0], scored[1][0]
    if best <= 0:
        return None, 0, _nothing(headings, evidence)
    needed = [
        max((guess.confidence for guess in guesses if guess.target in group), default=0) for group in _NEEDED[table]
    ]
    sure = 0.55 * sum(needed) / len(needed) + 40 * (1 - max(second, 0) / best) + min(12.0, 2 * best - 6)
    if table == "participants" and not _PARENTS & {guess.target for guess in guesses}:
        sure = min(sure, 45)
    mapped = sum(guess.target is not None for guess in guesses) / len(guesses)
    confidence = max(1, min(97, round(sure * min(1.0, 0.6 + mapped))))
    if confidence < _TABLE_ENOUGH:
        return None, confidence, _nothing(headings, evidence)
    return table, confidence, guesses


def recognise_columns(table: str, headings: Sequence[str], sample: pl.DataFrame) -> list[Guess]:
    """One guess for each heading of a file that is known to be a table; arguments as in `recognise_table`."""
    return _columns(table, headings, _examine(sample.head(SAMPLE_ROWS), len(headings)), sample.head(SAMPLE_ROWS))


def _examine(sample: pl.DataFrame, count: int) -> list[Evidence]:
    columns = sample.get_columns()
    empty = pl.Series("none", [], dtype=pl.String)
    return [examine(columns[place] if place < len(columns) else empty) for place in range(count)]


def _nothing(headings: Sequence[str], evidence: Sequence[Evidence]) -> list[Guess]:
    return [
        Guess(heading, None, 0, remark(heading, seen, headings) or "the file is like none of the tables")
        for heading, seen in zip(headings, evidence, strict=True)
    ]


def _table_score(table: str, guesses: Sequence[Guess], evidence: Sequence[Evidence], filename: str) -> float:
    """How much a file is like a table; 0 when a necessary column is missing."""
    found = {guess.target: guess.confidence for guess in guesses if guess.target}
    if not all(any(target in found for target in group) for group in _NEEDED[table]):
        return 0.0
    score = sum(_WEIGHTS[table][target] * confidence / 100 for target, confidence in found.items())
    places = {guess.target: place for place, guess in enumerate(guesses) if guess.target}
    if table == "participants":
        if evidence[places["id"]].distinct < 0.9 and evidence[places["id"]].rows:
            score *= 0.3
        if not _PARENTS & found.keys():
            score *= 0.5
        if any(fold(guess.heading) in _STRONG_AMOUNTS for guess in guesses if guess.target is None):
            score *= 0.5
    score -= 0.15 * sum(1 for guess in guesses if guess.target is None)
    names = vocabularies()[table].file_names
    parts = words(PurePath(filename).stem)
    stem = fold(PurePath(filename).stem)
    singles = {*parts, stem, *("".join(pair) for pair in pairwise(parts))}
    singles |= {part + "s" for part in singles}
    by_name = any(name in singles or (not name.isascii() and name in stem) for name in names)
    if table in _TELLING and not by_name and not any(_tells(table, guess) for guess in guesses):
        return 0.0
    return max(score, 0.1) + (_FILE_NAME if by_name else 0.0)


def _tells(table: str, guess: Guess) -> bool:
    """Whether a heading alone says that a file is the table."""
    if guess.target not in _TELLING[table]:
        return False
    spelling = vocabularies()[table].columns[guess.target].get(fold(guess.heading))
    return guess.target == "kind" or (spelling is not None and not spelling.weak and spelling.text != "date")


def _candidates(
    table: str, headings: Sequence[str], evidence: Sequence[Evidence]
) -> tuple[list[_Candidate], dict[int, str]]:
    """Every possible pairing of a heading and a column with its score, and why headings were ruled out."""
    vocabulary = vocabularies()[table]
    silent = all(is_generic(heading) for heading in headings)
    found: list[_Candidate] = []
    refused: dict[int, str] = {}
    for place, (heading, seen) in enumerate(zip(headings, evidence, strict=True)):
        for column in TABLES[table]:
            likeness = match(heading, vocabulary, column.name)
            if likeness is None and not (silent or (is_generic(heading) and not seen.row_numbers)):
                continue
            verdict = weigh(seen, table, column.name)
            if likeness is None:
                if verdict.alone:
                    found.append(_Candidate(place, column.name, verdict.alone, f"no heading says so; {verdict.phrase}"))
                continue
            why = likeness.why + (f"; {verdict.phrase}" if verdict.phrase else "")
            if verdict.ruled_out or (verdict.if_named and likeness.weak and fold(heading) != "id"):
                if not likeness.weak or place not in refused:
                    refused[place] = likeness.why + f", but {verdict.phrase}"
                continue
            found.append(_Candidate(place, column.name, max(1, min(99, likeness.score + verdict.points)), why))
    return found, refused


def _columns(table: str, headings: Sequence[str], evidence: Sequence[Evidence], sample: pl.DataFrame) -> list[Guess]:
    candidates, refused = _candidates(table, headings, evidence)
    if table == "participants":
        candidates = _link(_matrix(candidates, headings), headings, evidence, sample)
    elif table == "orders":
        candidates = _volumes(candidates, headings)
    elif table == "payouts":
        candidates = _receivers(candidates, evidence)
    order = {column.name: place for place, column in enumerate(TABLES[table])}
    candidates.sort(key=lambda one: (-one.score, order[one.target], one.place))
    silent = all(is_generic(heading) for heading in headings)
    taken: dict[str, _Candidate] = {}
    chosen: dict[int, _Candidate] = {}
    lost: dict[int, _Candidate] = {}
    for one in candidates:
        enough = _ENOUGH_ALONE if silent or is_generic(headings[one.place]) else _ENOUGH
        if one.score < enough or one.place in chosen:
            continue
        if one.target in taken:
            lost.setdefault(one.place, one)
            continue
        taken[one.target] = chosen[one.place] = one
    guesses = []
    for place, heading in enumerate(headings):
        if place in chosen:
            one = chosen[place]
            guesses.append(Guess(heading, one.target, one.score, one.why))
            continue
        said = remark(heading, evidence[place], headings)
        if not said and table != "participants" and _names_sponsor(heading):
            said = "a sponsor's column; sponsors belong in the table of participants"
        if place in lost and not said:
            winner = taken[lost[place].target]
            said = f"could be {winner.target}, but '{headings[winner.place].strip()}' fits better"
        guesses.append(
            Guess(heading, None, 0, said or refused.get(place) or "no known heading, and the values do not tell")
        )
    return guesses


def _names_sponsor(heading: str) -> bool:
    spelling = vocabularies()["participants"].columns["sponsor_id"].get(fold(heading))
    return spelling is not None and not spelling.weak


def _link(
    candidates: list[_Candidate], headings: Sequence[str], evidence: Sequence[Evidence], sample: pl.DataFrame
) -> list[_Candidate]:
    """Weigh ids and parents of a member table together: the parents must be among the ids."""
    ids = [one for one in candidates if one.target == "id" and one.score >= 20]
    parents = [one for one in candidates if one.target in _PARENTS]
    has_leg = any(one.target == "leg" and one.score >= _ENOUGH for one in candidates)
    sponsor_named = any(one.target == "sponsor_id" and one.score >= 75 for one in parents)
    links = {
        (parent.place, one.place): contained(evidence[parent.place], evidence[one.place])
        for parent in parents for one in ids if parent.place != one.place
    }  # fmt: skip
    changed: list[_Candidate] = []
    for one in candidates:
        score, why = one.score, one.why
        if one.target == "id" and links:
            best = max(
                ((share, parent) for (parent, place), share in links.items() if place == one.place), default=(0.0, -1)
            )
            if best[0] >= 0.5:
                score += round(12 * best[0])
                why += f"; {percent(best[0])} of the parents in '{headings[best[1]].strip()}' are among its values"
            elif any(share >= 0.5 for share in links.values()):
                score -= 25
        elif one.target in _PARENTS:
            score, why = _parent(one, ids, links, evidence, headings)
            if one.target == "placement_id" and not has_leg and not sponsor_named and _either(headings[one.place]):
                score -= 6
            elif one.target == "sponsor_id" and has_leg and not sponsor_named and _either(headings[one.place]):
                score -= 6
                why += "; beside a side column it is rather the placement"
        elif one.target == "rank":
            score, why = _rank(one, candidates, headings, sample)
        changed.append(_Candidate(one.place, one.target, max(1, min(99, score)), why))
    return changed


def _either(heading: str) -> bool:
    return re.fullmatch(r"(?:p|parent|father|padre|pai|upline|上级)[a-z]*", fold(heading)) is not None


def _parent(
    one: _Candidate,
    ids: Sequence[_Candidate],
    links: dict[tuple[int, int], float],
    evidence: Sequence[Evidence],
    headings: Sequence[str],
) -> tuple[int, str]:
    """Points for a column of parents: found among the ids, and repeating as sponsors do."""
    seen = evidence[one.place]
    if seen.empty:
        return one.score, one.why
    others = [(links[one.place, other.place], other) for other in ids if (one.place, other.place) in links]
    share, best = max(others, key=lambda pair: (pair[0], pair[1].score), default=(0.0, None))
    if best is None:
        return one.score, one.why
    told = f"{percent(share)} of its values are found in '{headings[best.place].strip()}'"
    if seen.distinct >= 0.999 and seen.rows >= 30 and seen.filled > 0.9:
        return one.score - 45, one.why + "; it never repeats, so it names recruits rather than recruiters"
    if share >= 0.5:
        return one.score + round(10 * share), one.why + f"; {told}"
    alike = bool(seen.shapes & evidence[best.place].shapes)
    return one.score - (4 if alike else 30), one.why + (
        f"; only {told}" if share else "; none of its values is among the ids"
    )


def _rank(
    one: _Candidate, candidates: Sequence[_Candidate], headings: Sequence[str], sample: pl.DataFrame
) -> tuple[int, str]:
    """A `level` beside a parent column is a rank, unless it counts the steps down the tree."""
    if {"depth", "tree", "layer"} & set(words(headings[one.place])):
        return one.score - 40, one.why + "; it tells the depth in the tree"
    own = max((other for other in candidates if other.target == "id"), key=lambda other: other.score, default=None)
    above = max((other for other in candidates if other.target == "sponsor_id"), key=lambda o: o.score, default=None)
    if own is None or above is None or max(one.place, own.place, above.place) >= sample.width:
        return one.score, one.why
    columns = sample.get_columns()
    rows = pl.DataFrame({"id": columns[own.place], "sponsor": columns[above.place], "level": columns[one.place]})
    rows = rows.with_columns(pl.col("level").cast(pl.Int64, strict=False)).drop_nulls("level")
    pairs = rows.join(rows, left_on="sponsor", right_on="id", suffix="_above")
    if pairs.height >= 5 and pairs["level"].n_unique() > 1:
        steps = float((pairs["level"] == pairs["level_above"] + 1).mean() or 0.0)  # type: ignore[arg-type]
        if steps >= 0.9:
            return one.score - 50, one.why + "; it is the sponsor's plus one, so it tells the depth in the tree"
    return one.score, one.why


def _apart(candidates: list[_Candidate], usual: str, special: str, own: set[int]) -> list[_Candidate]:
    """Two columns with headings in common: such a heading is the special one only beside a column that is the usual one.

    Args:
        candidates: all of them.
        usual: the column that the headings mean when alone.
        special: the other one.
        own: places of headings that can only be the usual one, whatever they have in common.
    """
    both = {one.place for one in candidates if one.target == special} - own
    plain = {one.place: one for one in candidates if one.target == usual}
    beside = any(one.score >= _SURE and place not in both for place, one in plain.items())
    changed = []
    for one in candidates:
        if one.target == special and one.place in plain:
            if not beside or one.place in own:
                continue
            one = _Candidate(one.place, special, plain[one.place].score, one.why)
        elif one.target == usual and one.place in both and beside:
            continue
        changed.append(one)
    return changed


def _volumes(candidates: list[_Candidate], headings: Sequence[str]) -> list[_Candidate]:
    """PV is the volume of an order, unless a column of BV or CV stands beside it; then it is the qualifying points."""
    paid_on = {"bv", "cv", "commissionable", "business"}
    own = {place for place, heading in enumerate(headings) if paid_on & set(words(heading))}
    return _apart(candidates, "volume", "points", own)


def _matrix(candidates: list[_Candidate], headings: Sequence[str]) -> list[_Candidate]:
    """A matrix is the placement tree, unless another one stands beside it; then its own places are left out."""
    candidates = _apart(candidates, "placement_id", "matrix_id", set())
    if not any(one.target == "matrix_id" and one.score >= _SURE for one in candidates):
        return candidates
    return [one for one in candidates if one.target != "leg" or not re.search("matrix|矩阵", fold(headings[one.place]))]


def _receivers(candidates: list[_Candidate], evidence: Sequence[Evidence]) -> list[_Candidate]:
    """Payer and receiver of a payout hold the same kind of ids; a source that never matches is not one."""
    receivers = [one for one in candidates if one.target == "participant_id" and one.score >= 75]
    changed = []
    for one in candidates:
        score = one.score
        if one.target == "source_participant_id" and receivers and not evidence[one.place].empty:
            seen = evidence[one.place]
            alike = any(seen.shapes & evidence[other.place].shapes for other in receivers if other.place != one.place)
            score += 4 if alike else -40
        changed.append(_Candidate(one.place, one.target, max(1, min(99, score)), one.why))
    return changed


__all__ = ["SAMPLE_ROWS", "Guess", "recognise_columns", "recognise_table", "synonyms_for"]
