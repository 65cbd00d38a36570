"""Income tables as companies and people really write them: read exactly, or refused with the line and the value."""

from __future__ import annotations

from fractions import Fraction

import pytest

from compliance.check.brackets import Told
from compliance.check.errors import IncomeTableError
from compliance.check.income import IncomeTable
from compliance.check.published import table_from_bytes

Wanted = list[tuple[str, int | None, int | None]]
THREE: Wanted = [("0.7", 0, 0), ("0.2", 1, 500), ("0.1", 501, None)]
UNDER: Wanted = [("0.7", 0, 500), ("0.2", 500, 1000), ("0.1", 1000, None)]
LARGE: Wanted = [("0.7", 0, 0), ("0.2", 1, 1500), ("0.1", 1501, 10_000)]


def read(text: str | bytes, currency: str = "USD") -> IncomeTable:
    return table_from_bytes("t.csv", text if isinstance(text, bytes) else text.encode(), Told(currency, 2))


READ: dict[str, tuple[str, str, Wanted]] = {
    "percent without its sign": ("USD", "Income,Share\n0,70\n1-500,20\n501+,10", THREE),
    "fractions under a heading of percent": ("USD", "Income,Percent\n0,0.7\n1-500,0.2\n501+,0.1", THREE),
    "less and more in words": ("USD", "Income,Share\nUp to $500,70%\n$500 to $1000,20%\n$1000 and over,10%", UNDER),
    "or less": ("USD", "Income,Share\n$500 or less,70%\nbetween 500 and 1000,20%\n>1000,10%", UNDER),
    "French": ("EUR", "Revenu;Part (%)\nMoins de 500 €;70\nDe 500 à 1 000 €;20\nPlus de 1 000 €;10", UNDER),
    "Spanish": ("EUR", "Ingreso;Porcentaje\nMenos de 500 €;70\nDe 500 a 1.000 €;20\nMás de 1.000 €;10", UNDER),
    "German": ("EUR", "Einkommen;Anteil\nunter 500 €;70 %\n500 bis 1.000 €;20 %\nüber 1.000 €;10 %", UNDER),
    "Arabic words": ("EGP", "الدخل,النسبة\nأقل من 500 جنيه,70%\nبين 500 و1000,20%\nما يزيد على 1000,10%", UNDER),
    "Arabic digits": ("EGP", "الدخل;النسبة\nلا دخل;٧٠٪\n١ - ٥٠٠;٢٠٪\n+٥٠١;١٠٪", THREE),
    "dots between thousands": ("EUR", "von;bis;Anteil\n0;0;70,0 %\n1,00;1.500,00;20 %\n1.501;10.000;10 %", LARGE),
    "blanks between thousands": ("EUR", "Income;Share\n0;70 %\n1 - 1 500;20 %\n1 501 - 10 000;10 %", LARGE),
    "apostrophes": ("CHF", "from;to;share\n0;0;70%\n1;1'500;20%\n1'501;10'000;10%", LARGE),
    "commas alone": ("USD", "0,0,70%\n1,500,20%\n501,999,10%", [*THREE[:2], ("0.1", 501, 999)]),
    "cumulative": ("USD", "Income,Cumulative share\n0,70%\n1-500,90%\n501+,100%", THREE),
    "cumulative beside shares": ("USD", "Income,Cumulative,Share\n0,70%,70%\n1-500,90%,20%\n501+,100%,10%", THREE),
    "people": ("USD", 'Income,Number of members\n0,"7,000"\n1-500,"2,000"\n501+,"1,000"', THREE),
    "people with dots": ("EUR", "Income;Anzahl\n0;7.000\n1-500;2.000\n501+;1.000", THREE),
    "totals": ("USD", "Income,Share\n0,70%\n1-500,20%\n501+,10%\nTotals,100%", THREE),
    "all members": ("USD", "Income,Share\n0,70%\n1-500,20%\n501+,10%\nAll members,100%", THREE),
    "footnotes": (
        "USD",
        "Income*,Share†\n0,70%*\n1-500**,20%\n$501+,10%[1]\n* after costs, as told\nNote: of 2023",
        THREE,
    ),
    "ruled by hand": ("USD", "| Income | Share |\n|---|---|\n| 0 | 70% |\n| 1-500 | 20% |\n| 501+ | 10% |", THREE),
    "headings in two rows": ("USD", "Annual income,Percent of\n(USD),members\n0,70%\n1-500,20%\n501+,10%", THREE),
    "pasted": ("USD", "Income range % of members\n$0 70%\n$1 - $500 20%\n$501 and above 10%", THREE),
    "cell under cell": ("USD", "Income range\nShare\n$0\n70%\n$1 - $500\n20%\n$501+\n10%", THREE),
    "the year beside the month": (
        "USD",
        "Monthly income,Annual income,Share\n0,0,70%\n1-2,1-500,20%\n3+,501+,10%",
        THREE,
    ),
    "below one in words": ("USD", "Income,Share\n0,99.5%\n1-500,less than 1%", [("0.995", 0, 0), ("0.005", 1, 500)]),
    "a gap that small shares cannot fill": ("USD", "Income,Share\n0,80%\n1-500,<1%", [("0.8", 0, 0)]),
}


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read_exactly(name: str) -> None:
    currency, text, wanted = READ[name]
    found = [(one.share, one.low, one.high) for one in read(text, currency).brackets]
    minor = [None if high is None else high * 100 for _, _, high in wanted]
    assert found == [
        (Fraction(share), (low or 0) * 100, high) for (share, low, _), high in zip(wanted, minor, strict=True)
    ]


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "nothing but 0%": ("from,to,share\n0,0,0%\n1,250,0%", "line 2: '0%' is nobody, and so is every other share"),
    "nothing but 0% pasted": ("$0, 0%\n$1 - $250, 0%", "line 1: '0%' is nobody, and so is every other share"),
    "cumulative and not said": ("Income,Share\n0,70%\n1-5,90%\n6+,100%", "line 4: '100%' the shares rise to 100%"),
    "cumulative and falling": (
        "Income,Cumulative share\n0,100%\n1-5,30%",
        "line 2: '100%' cumulative shares must rise",
    ),
    "people under share": ("Income,Share\n0,7000\n1-5,2000", "line 2: '7000' is a share of more than everybody"),
    "parts of a person": ("Income,People\n0,7000\n1-5,20.5", "line 3: '20.5' is not a number of people"),
    "percents or fractions": ("Income,% of members\n1-2,0.5\n3-5,0.3", "line 2: '0.5' the shares add up to 0.8"),
    "more than a share": ("Rank,Share,Average\nA,>98%,0", "line 2: '>98%' is not a share"),
    "a range of shares": ("Rank,Share,Average\nA,90-95%,0", "line 2: '90-95%' is not a share"),
    "money for a share": ("Income,Share\nTop 1%,$50", r"line 2: '\$50' is not a share"),
    "a note beside a share": ("Income,Share\n0,7%4", "line 2: '7%4' is not a share"),
    "one sum": ("Rank,Share,Income\nA,70%,0\nB,30%,500", "line 3: '500' is one sum, not a range"),
    "thousands in a letter": ("Rank,Share,Average\nA,70%,$5K", r"line 2: '\$5K' is not an amount"),
    "another currency above": (
        "Rank,Share,Average (EUR)\nA,70%,5",
        r"'Average \(EUR\)' names another currency than USD",
    ),
    "another sign above": ("Rank,Share,Average €\nA,70%,5", "'Average €' names another currency than USD"),
    "below zero": ('Rank,Share,Average\nA,70%,"(1,000)"', r"line 2: '\(1,000\)' is below zero"),
    "unknown headings": ("از,تا,سهم\n۰,۰,۷۰٪", "line 1: 'از, تا, سهم' are headings that are not known here"),
    "twice everybody": ("Income,Share\n0,70%\n1-5,30%\n6+,40%", "line 4: the shares add up to 140.00%"),
    "a photograph": (b"\xff\xd8\xff\xe0" + bytes(90), "is a picture; .*type the table"),
    "an old workbook": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(90), "save it as .xlsx, CSV or PDF"),
    "a web page": ("<html><table><tr><td>0</td></tr></table>", "is a web page; open it, and copy and paste"),
    "another encoding": ("الدخل,النسبة\n0,70%".encode("cp1256"), "is not UTF-8 text; save the table as CSV"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place(name: str) -> None:
    text, said = REFUSED[name]
    with pytest.raises(IncomeTableError, match=said):
        read(text)


def test_sums_are_of_the_time_that_their_headings_say() -> None:
    monthly = read("Rank,Share,Average monthly income\nA,70%,0\nB,30%,10")
    assert monthly.period == "month"
    assert "months" in monthly.notes[0].en
    assert read("Rank,Share,Average income\nA,70%,0\nB,30%,10").period == "year"
    both = "Rank,Share,Average monthly income,Average annual income\nA,70%,0,0\nB,30%,10,120"
    assert (read(both).period, read(both).brackets[1].average) == ("year", 12_000)
    assert "Average monthly income" in read(both).notes[0].en
    told = table_from_bytes("t", both.encode(), Told("USD", 2, "month"))
    assert (told.period, told.brackets[1].average) == ("month", 1_000)


def test_what_was_left_out_is_said() -> None:
    unnamed = read("Rank,Share,Average\nA,40%,0\nB,60%,10\n,100%,6")
    assert len(unnamed.brackets) == 2
    assert "line 4" in unnamed.notes[0].en
    two = read("Income,2022 share,2023 share\n0,70%,60%\n1-500,30%,40%")
    assert two.brackets[0].share == Fraction(7, 10)
    assert "2023 share" in two.notes[0].en


def test_rounding_in_print_may_pass_the_whole_and_no_more() -> None:
    assert read("Income,Share\n0,70.1%\n1-500,20%\n501+,10%").complete
    rounded = read("Income,Share\n0,71%\n1-500,20%\n501+,10%")  # each may be half a percent too high
    assert rounded.complete
    with pytest.raises(IncomeTableError, match=r"101\.00%"):
        read("Income,Share\n0,71.0%\n1-500,20.0%\n501+,10.0%")
    assert not read("Income,Share\n0,66%\n1-500,20%\n501+,10%").complete
