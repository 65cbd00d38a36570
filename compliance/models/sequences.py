"""Sequences of numbers told in words, such as `first 1000 Fibonacci numbers 1,1,2,3,..` or `2^n for n = 0..999`.

What is told besides the name is held against the sequence: listed terms say where it begins, a range must have as many
terms as are asked for, and figures that are not understood are refused, so that no other sequence is counted unasked.
Terms of growing sequences are kept to eighty digits: their first digit needs one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate, count, islice

import numpy as np

MOST = 1_000_000
"""Terms that are counted."""
_KEPT = 10**80
_TO = r"\s*(?:\.{2,}|…|-|–|to)\s*"
_POWER = r"\s*(?:\^|\*\*)\s*"


class NotUnderstood(ValueError):  # noqa: N818 - reads as what it says
    """Words that tell no known sequence, or tell two different ones."""


Terms = Callable[[], Iterator[int]]
"""A sequence from its first index on."""


def _trimmed(value: int) -> int:
    return value // 10**40 if value > _KEPT else value


def _sums(one: int, other: int) -> Iterator[int]:
    while True:
        yield one
        one, other = other, one + other
        if other > _KEPT:
            one, other = one // 10**40, other // 10**40


def _powers(base: int) -> Iterator[int]:
    value = 1
    while True:
        yield value
        value = _trimmed(value * base)


def _factorials() -> Iterator[int]:
    return accumulate(count(1), lambda value, at: _trimmed(value * at), initial=1)


def _primes() -> Iterator[int]:
    before = 0
    for most in (20_000, 500_000, 16_000_000):  # the millionth is 15,485,863
        found = primes_to(most)
        yield from found[found > before].tolist()
        before = most


def primes_to(most: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The primes up to a number, by Eratosthenes' sieve."""
    prime = np.ones(most + 1, dtype=bool)
    prime[:2] = False
    for at in range(2, int(most**0.5) + 1):
        if prime[at]:
            prime[at * at :: at] = False
    return np.flatnonzero(prime)


_NAMED: tuple[tuple[str, int, int, Callable[[int], Iterator[int]]], ...] = (
    # words, index of the first term that is made, index at which "first ..." begins, the terms (of a number in the words)
    (r"fibonacci numbers", 0, 1, lambda _: _sums(0, 1)),
    (r"lucas numbers", 0, 0, lambda _: _sums(2, 1)),
    (r"powers of (\d+)", 0, 1, _powers),
    (r"(?:primes|prime numbers)", 1, 1, lambda _: _primes()),
    (r"factorials", 0, 1, lambda _: _factorials()),
    (r"(?:squares|square numbers)", 0, 1, lambda _: (at**2 for at in count())),
    (r"cubes", 0, 1, lambda _: (at**3 for at in count())),
    (r"triangular numbers", 0, 1, lambda _: (at * (at + 1) // 2 for at in count())),
    (r"(?:integers|whole numbers|natural numbers)", 0, 1, lambda _: count()),
)
_LISTED = re.compile(r"\W*(\d+(?:\s*,\s*\d+)*)[\s,.…)]*")
_INDICES = re.compile(rf"\W*(?:(\d+){_POWER}|[a-z]_?|n\s*=\s*)?(\d+)(!?){_TO}(?:(\d+){_POWER}|[a-z]_?)?(\d+)(!?)\W*")
_RANGES = (
    (rf"(?:powers of \d+\W*)?(\d+){_POWER}(\d+){_TO}(\d+){_POWER}(\d+)", "powers"),
    (rf"(\d+){_POWER}n for n\s*=\s*(\d+){_TO}(\d+)", "base"),
    (rf"squares of (?:the )?(?:integers )?(\d+){_TO}(\d+)", "squares"),
    (rf"cubes of (?:the )?(?:integers )?(\d+){_TO}(\d+)", "cubes"),
    (rf"n{_POWER}(\d+) for n\s*=\s*(\d+){_TO}(\d+)", "exponent"),
    (rf"(?:factorials\W*)?(\d+)!{_TO}(\d+)!", "factorials"),
    (rf"n! for n\s*=\s*(\d+){_TO}(\d+)", "factorials"),
    (r"(?:primes|prime numbers) (?:below|under) (\d+)", "primes below"),
    (r"(?:primes|prime numbers) up to (\d+)", "primes to"),
)


def terms_of(words: str) -> Iterator[int]:
    """The terms, at most `MOST` of them.

    Raises:
        NotUnderstood: the words tell no sequence known here, or more terms than are counted.

    >>> list(terms_of("first 5 powers of 2 (2^0..2^4)"))
    [1, 2, 4, 8, 16]
    """
    said = " ".join(words.casefold().split()).removeprefix("the ")
    for pattern, kind in _RANGES:
        if found := re.fullmatch(pattern, said):
            return _ranged(kind, *(int(each) for each in found.groups()))
    for name, base, usual, terms in _NAMED:
        if found := re.fullmatch(rf"first (\d+) {name}(?!\w)(?P<rest>.*)", said):
            wanted, *of = (int(each) for each in found.groups()[:-1])
            made = partial(terms, *of or [0])
            return _cut(made(), _start(found["rest"], made, base, usual, wanted, *of) - base, wanted)
    raise NotUnderstood(words)


def _cut(terms: Iterator[int], skipped: int, wanted: int) -> Iterator[int]:
    if not 1 <= wanted <= MOST or not 0 <= skipped <= MOST:
        raise NotUnderstood(str(wanted))
    return islice(terms, skipped, skipped + wanted)


def _ranged(kind: str, *told: int) -> Iterator[int]:
    match kind, told:
        case "powers", (base, first, same, last) if base == same:
            return _cut(_powers(base), first, last - first + 1)
        case "powers", (first, exponent, last, same) if exponent == same:
            return _ranged("exponent", exponent, first, last)
        case "base", (base, first, last):
            return _cut(_powers(base), first, last - first + 1)
        case "exponent", (exponent, first, last) if exponent <= MOST:
            return _cut((_trimmed(at**exponent) for at in count()), first, last - first + 1)
        case (("squares" | "cubes"), (first, last)):
            return _ranged("exponent", 2 if kind == "squares" else 3, first, last)
        case "factorials", (first, last):
            return _cut(_factorials(), first, last - first + 1)
        case "primes below", (limit,):
            return _ranged("primes to", limit - 1)
        case "primes to", (limit,) if 2 <= limit <= 15 * MOST:
            return iter(primes_to(limit).tolist())
    raise NotUnderstood(kind)


def _start(rest: str, terms: Terms, base: int, usual: int, wanted: int, of: int | None = None) -> int:
    """Where the first term stands, from what is told after the name."""
    if not any(letter.isdigit() for letter in rest):
        return usual
    if found := _LISTED.fullmatch(rest):
        listed = [int(each) for each in found[1].split(",")]
        made = list(islice(terms(), len(listed) + 3))
        for skipped in (usual - base, 0, 1, 2):
            if made[skipped : skipped + len(listed)] == listed:
                return base + skipped
    elif found := _INDICES.fullmatch(rest):
        first, last = int(found[2]), int(found[5])
        stated = {int(each) for each in (found[1], found[4]) if each}
        if last - first + 1 == wanted and stated <= {of} and first >= base:
            return first
    raise NotUnderstood(rest)
