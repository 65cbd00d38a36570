"""What a published table proves: the middle and the share above a sum, against brute force and real tables."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.check import Bracket, IncomeTable, IncomeTableError, parse_income_table
from compliance.check.income import everybody


def table(*brackets: Bracket, **more: Any) -> IncomeTable:
    return IncomeTable(source="t", currency="USD", scale=2, brackets=brackets, **more)


def parse(text: str, **more: Any) -> IncomeTable:
    return parse_income_table(
        text, name="t.csv", currency=more.pop("currency", "USD"), scale=more.pop("scale", 2), **more
    )


@settings(max_examples=150, deadline=None)
@given(
    groups=st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=6), min_size=1, max_size=5),
    left_out=st.integers(0, 6),
    cost=st.integers(0, 45),
    shape=st.sampled_from(["range", "average", "median", "both"]),
)
def test_the_truth_lies_within_what_is_stated(groups: list[list[int]], left_out: int, cost: int, shape: str) -> None:
    """Real people are put into brackets, the brackets are published, and the ranges must hold the truth."""
    listed = sum(map(len, groups))
    people = sorted([income for group in groups for income in group] + [0] * left_out)
    brackets = []
    for group in groups:
        ordered, total = sorted(group), sum(group)
        facts: dict[str, int] = {}
        if shape in ("range", "both"):
            facts |= {"low": ordered[0], "high": ordered[-1]}
        if shape in ("average", "both"):
            if total % len(group):  # an average that cannot be printed exactly proves nothing exact
                facts |= {"low": ordered[0], "high": ordered[-1]}
            else:
                facts["average"] = total // len(group)
        if shape == "median":
            if len(group) % 2:  # the middle person would stand in both halves
                facts = {"low": ordered[0], "high": ordered[-1]}
            else:
                facts = {"low": ordered[0], "median": ordered[len(group) // 2 - 1]}
        brackets.append(Bracket(share=Fraction(len(group), listed), **facts))
    covered = Fraction(listed, listed + left_out)
    whole = everybody(table(*brackets), covered=covered)
    assert sum(piece.share for piece in whole.pieces) == 1
    above = Fraction(sum(income > cost for income in people), len(people))
    low, high = whole.above(Fraction(cost))
    assert 0 <= low <= above <= high <= 1
    lowest, highest = whole.median()
    medians = people[(len(people) - 1) // 2], people[len(people) // 2]
    assert lowest <= medians[1]
    assert highest is None or highest >= medians[0]


def test_a_stated_median_is_exact_for_those_it_covers() -> None:
    stated = IncomeTable.of_median(31_000, currency="EGP", scale=2)
    assert everybody(stated).median() == (31_000, 31_000)
    assert everybody(stated, covered=Fraction(62, 100)).median() == (0, 31_000)
    assert everybody(stated, covered=Fraction(1, 2)).median() == (0, 0)


def test_shares_of_everybody_are_told_from_shares_of_the_listed() -> None:
    of_all = table(Bracket(share=Fraction(12, 100), low=5, high=9), Bracket(share=Fraction(50, 100), low=0, high=4))
    of_listed = table(Bracket(share=Fraction(12, 62), low=5, high=9), Bracket(share=Fraction(50, 62), low=0, high=4))
    for published in (of_all, of_listed):
        assert everybody(published, covered=Fraction(62, 100)).above(Fraction(4)) == (Fraction(3, 25), Fraction(3, 25))


def test_months_weeks_and_part_of_a_year() -> None:
    monthly = table(Bracket(share=Fraction(1), low=100, high=100), period="month")
    assert everybody(monthly).median() == (1200, 1200)
    assert everybody(monthly, months=6).median() == (600, 600)
    weekly = table(Bracket(share=Fraction(1), low=100, high=100), period="week")
    assert everybody(weekly).median() == (5200, 5200)


SHAPES = {
    "from, to, share": "from,to,share\n0,0,70%\n1,250,18%\n251,,12%",
    "fractions": "low;high;share\n0;0;0,70\n1;250;0,18\n251;;0,12",
    "one range": "Income range,% of participants\n$0,70\n$1 - $250,18\n$251+,12",
    "pasted": "$0, 70%\n$1 - $250, 18%\n$251 and above, 12%",
    "pasted with words": "Income disclosure 2024\nno earnings 70%\n$1 to $250: 18%\nmore than $251 12%",
    "share first": "70% no commission\n18% $1–$250\n12% over $251",
    "tabs": "Rank\tLow\tHigh\tNumber of people\nNone\t0\t0\t700\nStar\t1\t250\t180\nGold\t251\t\t120\nTotal\t\t\t1000",
    "arabic": "من,إلى,النسبة\n٠,٠,٧٠٪\n١,٢٥٠,١٨٪\n٢٥١,,١٢٪",
    "quoted and commented": '# all amounts in dollars\n"from","to","share"\n"0","0","70%"\n"1.00","250.00","18%"\n"251","","12%"',
    "unprinted share": "from,to,share\n0,0,70%\n1,250,18%\n251,,<15%",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_one_table_in_many_shapes(shape: str) -> None:
    found = parse(SHAPES[shape])
    assert [(each.share, each.low or 0, each.high) for each in found.brackets] == [
        (Fraction(70, 100), 0, 0),
        (Fraction(18, 100), 100, 25_000),
        (Fraction(12, 100), 25_100, None),
    ]
    assert found.complete


def test_ranks_with_averages_and_medians() -> None:
    found = parse('Title,% of participants,Average annual,Median\nStar,90,"1,200",500\nGold,10,"9,000.50",\n')
    assert [(each.label, each.average, each.median) for each in found.brackets] == [
        ("Star", 120_000, 50_000),
        ("Gold", 900_050, None),
    ]


def test_what_a_table_says_of_itself() -> None:
    found = parse("Active members only. Amounts are before expenses.\nrank,share,average\nA,100%,5\n")
    assert (found.population, found.net) == ("active", False)
    assert parse("rank,share,average\nA,100%,5\n").population is None
    assert parse("rank,share,monthly average\nA,100%,5\n").notes


WRONG = {
    "": "is empty",
    "from,to,share\n": "has headings but no rows",
    "from,to,share\n0,0,70%\nx,9,30%": "line 3: 'x' is not an amount",
    "from,to,share\n0,0,70%\n9,1,30%": "line 3: low, median and high must rise",
    "from,to,share\n0,0,70%\n1,9,many": "line 3: 'many' is not a share",
    "from,to,share\n0,0,70%\n1,9,60%": "add up to 130.00%",
    "from,to,share\n0,0,70%\n€1,€9,30%": "line 3: '€1' is not in USD",
    "from,to,share\n-5,0,100%": "line 2: '-5' is below zero",
    "from,to,share\n0,0.001,100%": "line 2: '0.001' has more decimals",
    "from,to,share\n1,000,2,500,100%": "line 2: has 5 cells under 3 headings",
    "rank,average\nA,5": "no column with the share",
    "rank,share,average\nA,,5": "no row has a share",
    "rank,share,average\nA,100%,": "line 2: the bracket has no amount",
    "$0, 70%\nsomething 5": "line 2: 'something 5' is not a bracket",
    "hello\nworld": "holds no bracket",
}


@pytest.mark.parametrize("text", WRONG)
def test_mistakes_name_their_line(text: str) -> None:
    with pytest.raises(IncomeTableError) as refused:
        parse(text)
    assert WRONG[text] in str(refused.value)
    assert str(refused.value).startswith("t.csv")


@pytest.fixture(scope="module")
def real(shared_reference: Path) -> list[dict[str, Any]]:
    return list(json.loads((shared_reference / "income-disclosures.json").read_text(encoding="utf-8")))


def printed(disclosure: dict[str, Any]) -> str:
    """A disclosure as the CSV that somebody would type from it."""
    import csv
    import io

    page = io.StringIO()
    writer = csv.writer(page)
    keys = ("low", "high", "average", "median")
    writer.writerow(["Rank", "Share", "From", "To", "Average", "Median"])
    for row in disclosure["rows"]:
        cells = [row["rank"], row["share_of_participants"], *(row[key] for key in keys)]
        writer.writerow(["" if cell is None else cell for cell in cells])
    return page.getvalue()


def pick(real: list[dict[str, Any]], company: str, year: int | str, period: str = "annual") -> dict[str, Any]:
    return next(each for each in real if (each["company"], each["year"], each["period"]) == (company, year, period))


def test_every_full_table_can_be_read(real: list[dict[str, Any]]) -> None:
    full = [each for each in real if each["transcription"].startswith("full table")]
    assert len(full) >= 4
    for disclosure in full:
        found = parse(printed(disclosure))
        assert found.complete, disclosure["company"]
        low, high = everybody(found).above(Fraction(500_000))
        assert 0 <= low <= high < 1


def test_advocare_2016(real: list[dict[str, Any]]) -> None:
    """The shares of all distributors, and those of the active with the active's own share, must tell the same."""
    disclosure = pick(real, "AdvoCare", 2016)
    of_all = everybody(parse(printed(disclosure)))
    paid = Fraction(disclosure["participants_paid"], disclosure["participants_total"])
    assert abs(of_all.at_zero() - (1 - paid)) < Fraction(1, 2000)
    assert of_all.median() == (0, 0)
    lines = ["range,share"]
    for row in disclosure["rows"][1:]:
        share = row["notes"].rsplit(" ", 1)[1]
        lines.append(f'"{row["rank"].removeprefix("income range ")}",{share}')
    active = parse("\n".join(lines))
    assert active.complete
    for cost in (50_00, 250_00, 1000_00, 5000_00):
        ours, theirs = everybody(active, covered=paid).above(Fraction(cost)), of_all.above(Fraction(cost))
        assert ours[0] == ours[1]
        assert abs(ours[0] - theirs[0]) < Fraction(1, 1000)
    assert everybody(active, covered=paid).median() == (0, 0)
    assert everybody(active).median() == (5001, 25_000)


def test_doterra_2017_averages_only(real: list[dict[str, Any]]) -> None:
    found = everybody(parse(printed(pick(real, "doTERRA", 2017))))
    assert found.median() == (0, 0)
    assert found.at_zero() == Fraction(6384, 10_000)
    low, high = found.above(Fraction(1000_00))
    assert low == 0
    # 12.16% average 375, 9.66% average 752: at most average over cost of them; 13.90% average 1,000 and more.
    expected = Fraction(1216 * 375 + 966 * 752, 10_000 * 1000) + 1 - Fraction(6384 + 1216 + 966, 10_000)
    assert high == expected


def test_my_daily_choice_2018(real: list[dict[str, Any]]) -> None:
    """All affiliates: median 0, average 580.08, average expenses 1,608."""
    disclosure = pick(real, "My Daily Choice (Hempworx)", 2018)
    found = everybody(parse(printed(disclosure)))
    assert found.median() == (0, 0)
    assert found.above(Fraction(disclosure["average_expenses"] * 100)) == (0, Fraction(1, 2))


def test_monavie_2009_prints_no_share_for_its_top(real: list[dict[str, Any]]) -> None:
    disclosure = pick(real, "MonaVie", "mid-2008 to mid-2009", "weekly check; average also annualised")
    found = parse(printed(disclosure), period="week")
    assert found.notes
    assert found.complete
    assert found.brackets[-1].high == 134_517_00
    low, high = everybody(found).median()
    assert (low, high) == (0, 699_00 * 52)
