"""X-up again, slow and obvious: dictionaries of counts and lines, one sale after the other, exact fractions.

Written from the definition (docs/plans/matrices.md) and not from the engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class SlowXUp:
    """A plan, spelled out. Shares are (recruiter, receiver, company)."""

    passed_sales: set[int]
    passed: tuple[Fraction, Fraction, Fraction]
    kept: tuple[Fraction, Fraction, Fraction]
    then_every: int | None = None
    to_company: bool = False
    person: bool = False
    per_period: bool = False
    per_product: bool = False
    received_count: bool = False
    passes_on: bool = True

    def passes(self, number: int) -> bool:
        """Whether the sale of that number passes up."""
        last = max(self.passed_sales)
        if number > last and self.then_every:
            return (number - last) % self.then_every == 0
        return number in self.passed_sales


@dataclass
class Sale:
    """An order, as far as it matters here."""

    id: str
    buyer: str | None
    seller: str | None
    base: int
    period: str
    product: str = ""
    reverses: str | None = None


@dataclass
class Outcome:
    """What was paid: (sale, who, exact amount); None for what nobody got."""

    shares: list[tuple[str, str | None, Fraction]] = field(default_factory=list)


def pay(
    plan: SlowXUp,
    sponsor: dict[str, str | None],
    company: str | None,
    qualified: Callable[[str, str], bool],
    sales: list[Sale],
) -> Outcome:
    """Follow every sale."""
    outcome = Outcome()
    line = dict(sponsor)
    counts: dict[tuple[object, ...], int] = defaultdict(int)
    made: dict[str, list[tuple[str | None, Fraction]]] = {}
    for sale in sales:
        if sale.base == 0:
            continue
        if sale.reverses in made:
            outcome.shares += [(sale.id, who, share * sale.base) for who, share in made[sale.reverses]]
            continue
        if (
            sale.reverses is not None
            and sale.base < 0
            and sale.reverses in {each.id for each in sales if not each.base}
        ):
            continue

        def number_of(who: str, sale: Sale = sale) -> int:
            key = (who, sale.period if plan.per_period else "", sale.product if plan.per_product else "")
            if sale.base > 0:
                counts[key] += 1
            return max(counts[key], 1)

        def can(who: str, sale: Sale = sale) -> bool:
            return qualified(who, sale.period)

        def next_above(who: str) -> str | None:
            above = line[who]
            while above is not None and not can(above):
                above = line[above]
            return above

        recruiter = line.get(sale.buyer, sale.seller if sale.seller in line else None)  # type: ignore[arg-type]
        parts: list[tuple[str | None, Fraction]]
        if recruiter is None:
            parts = [(None, plan.kept[0]), (None, plan.kept[1]), (company, plan.kept[2])]
        else:
            passed = plan.passes(number_of(recruiter))
            keeper: str | None = recruiter
            if passed and plan.to_company:
                keeper = None
            elif passed or (not can(recruiter) and plan.passes_on):
                here: str | None = recruiter
                while True:
                    here = line[here]  # type: ignore[index]
                    if here is not None and plan.passes_on:
                        here = here if can(here) else next_above(here)
                    if here is None or not can(here):
                        keeper = None
                        break
                    if plan.received_count and plan.passes(number_of(here)):
                        continue
                    keeper = here
                    break
                if plan.person and sale.base > 0 and sale.buyer in line and keeper is not None:
                    line[sale.buyer] = keeper
            elif not can(recruiter):
                keeper = None
            if passed:
                own = recruiter if can(recruiter) else None
                parts = [
                    (own, plan.passed[0]),
                    (company if plan.to_company else keeper, plan.passed[1]),
                    (company, plan.passed[2]),
                ]
            else:
                over = next_above(keeper) if keeper is not None else None
                parts = [(keeper, plan.kept[0]), (over, plan.kept[1]), (company, plan.kept[2])]
        parts = [(who, share) for who, share in parts if share]
        made[sale.id] = parts
        outcome.shares += [(sale.id, who, share * sale.base) for who, share in parts]
    return outcome
