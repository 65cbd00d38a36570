"""Amounts and shares as income tables print them: `$1 - $250`, `under 500`, `200,000.01+`, `18%`, `من 1 إلى 250`.

The numbers themselves are read by intake's value parsers, exactly and in every script they know; here a cell is
only taken apart into the numbers it holds and the words around them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import polars as pl

from compliance.check.errors import CheckInputError, IncomeTableError
from intake.currencies import MINOR_UNITS
from intake.text import Text, say
from intake.values import NumberStyle, parse_money, parse_number_style
from intake.values.parsed import BLANKS, INVISIBLE, Parsed
from intake.values.signs import SIGNS, meanings

SHARE_PLACES = 9
PAID_OUT = Text(
    en="; a published table lists what was paid, before costs", ar="؛ والجدول المنشور يعرض ما صُرف قبل التكاليف"
)
LARGEST = 10**15
"""Minor units: the largest cost that is taken for one."""
_DIGIT = "[0-9٠-٩۰-۹]"
_BETWEEN = re.compile(
    rf"\s+(?:to|until|إلى|الى|حتى|hasta|até|bis|à)\s+|(?<={_DIGIT})\s*\D{{0,4}}\s+(?:a|ila|hingga|sampai)\s+(?=\D{{0,5}}{_DIGIT})"
    rf"|\s*[–—~〜至]\s*|\s+-\s+|(?<={_DIGIT})\s*-\s*(?=\D{{0,5}}{_DIGIT})|\s*\.\.+\s*",
    re.IGNORECASE,
)
_TWO = re.compile(
    rf"^(?:between|(?:ما )?بين|entre|zwischen|tra|fra)\s+(?P<low>.*{_DIGIT}\D*?)\s+(?:(?:and|et|y|e|und)\s+|و\s*)(?P<high>\D{{0,5}}{_DIGIT}.*)$",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"^(?:less than(?: or equal to)?|under|below|up to|at most|not more than|no more than|<=?|≤|(?:ما )?(?:أقل|اقل) من(?: أو يساوي)?"
    r"|حتى|لا يزيد (?:على|عن)|لا يتجاوز|menos de|moins de|jusqu['’]?à|até|hasta|unter|weniger als|bis(?: zu)?|meno di|fino a)\s*",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"^(?:more than|greater than|over|above|at least|from|>=?|≥|\+|(?:أكثر|اكثر|أكبر) من|فوق|ما فوق|(?:ما )?يزيد (?:على|عن)"
    r"|más de|plus de|mais de|acima de|über|mehr als|ab|più di|oltre)\s*",
    re.IGNORECASE,
)
_UPWARDS = re.compile(
    r"\s*(?:\+|(?:and|or|&) (?:above|over|more|up|higher|greater|beyond)|فأكثر|وأكثر|أو أكثر|فما فوق"
    r"|[yo] más|et plus|ou plus|[eo]u? (?:acima|mais)|(?:und|oder) mehr|e oltre|o più)\s*$",
    re.IGNORECASE,
)
_DOWNWARDS = re.compile(
    r"\s*(?:(?:and|or|&) (?:less|under|below|lower)|فأقل|أو أقل|[yo] menos|ou moins|et moins|ou menos|(?:und|oder) weniger|o meno)\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^(?:from|between|من|بين|de|von|da)\s+", re.IGNORECASE)
_NOTHING = re.compile(
    r"^(?:no (?:earnings|income|commissions?|bonus(?:es)?|check|payments?)|none|zero|nil|لا دخل|لا شيء|صفر)\b.*$",
    re.IGNORECASE,
)
_INVISIBLE = re.compile("[" + INVISIBLE + "]")
_NOTE_MARK = re.compile(r"(?<=[^\s*†‡§])(?:\s*(?:[*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰]+|\[[0-9a-z]{1,2}\]))+(?=\s*(?:$|[-–—]))")

_HEADING_SIGN = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|US\$|R\$|[$€£¥₹₺₽₩₦₱฿]")

Ends = tuple[str | None, str | None]
"""Low and high as text; None: open."""


def tidy(cell: str) -> str:
    """A cell without invisible signs and outer blanks."""
    return _INVISIBLE.sub("", cell).replace("\u00a0", " ").strip()


def unmarked(cell: str) -> str:
    """A cell of figures without the marks of footnotes: `$1,000*`, `18%†`, `250¹`, `250 [2]`."""
    return _NOTE_MARK.sub("", tidy(cell))


def is_blank(cell: str) -> bool:
    """Whether a cell says that nothing stands here."""
    return tidy(cell).casefold() in BLANKS


def is_nothing(cell: str) -> bool:
    """Whether a cell says in words that nothing was received."""
    return _NOTHING.match(tidy(cell)) is not None


def split_range(cell: str) -> Ends:
    """The two ends of a printed range, as text.

    >>> split_range("$1 - $250"), split_range("under $500"), split_range("$200,000.01+")
    (('$1', '$250'), ('0', '$500'), ('$200,000.01', None))
    """
    text = tidy(cell)
    if is_nothing(text):
        return "0", "0"
    if _UPWARDS.search(text):
        return _FROM.sub("", _OVER.sub("", _UPWARDS.sub("", text))), None
    if _DOWNWARDS.search(text):
        return "0", _DOWNWARDS.sub("", text)
    if two := _TWO.match(text):
        return two["low"].strip(), two["high"].strip()
    if _UNDER.match(text) and len(_BETWEEN.split(_UNDER.sub("", text))) == 1:
        return "0", _UNDER.sub("", text)
    parts = [part for part in _BETWEEN.split(_FROM.sub("", text), maxsplit=1) if part.strip()]
    if len(parts) == 2:
        return parts[0].strip(), parts[1].strip()
    if _OVER.match(text):
        return _OVER.sub("", text), None
    return text, text


class Amounts:
    """Reads the amounts of one table, all in the style that its numbers prove."""

    def __init__(self, file: str, cells: Sequence[str], *, currency: str, scale: int) -> None:
        self._file, self._currency, self._scale = file, currency, scale
        self._style: NumberStyle = parse_number_style(pl.Series(list(cells), dtype=pl.String))
        known = sorted({tidy(cell) for cell in cells})
        parsed = self._parse(known)
        foreign = any(note.code == "currency-differs" for note in parsed.notes)  # which of them, each by itself tells
        self._parsed = {} if foreign else dict(zip(known, zip(parsed.values, parsed.codes, strict=True), strict=True))

    def _parse(self, cells: Sequence[str]) -> Parsed:
        series = pl.Series(cells, dtype=pl.String)
        return parse_money(series, scale=self._scale, style=self._style, currency=self._currency)

    def read(self, cell: str | None, line: int) -> int | None:
        """An amount in minor units; None for a blank.

        Raises:
            IncomeTableError: it is no amount, is below zero, or names another currency.
        """
        if cell is None or is_blank(cell):
            return None
        foreign = False
        if (known := self._parsed.get(tidy(cell))) is not None:
            value, code = known
        else:
            parsed = self._parse([tidy(cell)])
            value, code = parsed.values[0], parsed.codes[0]
            foreign = any(note.code == "currency-differs" for note in parsed.notes)
        if value is None:
            why = {
                "too-many-decimals": say(
                    "has more decimals than {currency}, which has {scale}",
                    "منازله العشرية أكثر مما للعملة {currency}، وهي {scale}",
                    currency=self._currency,
                    scale=self._scale,
                ),
                "overflow": Text(en="is too large", ar="أكبر من الحد"),
            }.get(
                str(code),
                Text(
                    en="is not an amount; write it like 1,250 or 1250.50",
                    ar="ليس مبلغًا. يُكتب مثل ⁨1,250⁩ أو ⁨1250.50⁩",
                ),
            )
            raise IncomeTableError(self._file, why, line=line, value=cell)
        if foreign:
            why = say(
                "is not in {currency}; give costs and table in one currency (--currency)",
                "ليس بعملة {currency}. تُعطى التكاليف والجدول بعملة واحدة (⁨--currency⁩)",
                currency=self._currency,
            )
            raise IncomeTableError(self._file, why, line=line, value=cell)
        if value < 0:
            why = say("is below zero{paid_out}", "أقل من صفر{paid_out}", paid_out=PAID_OUT)
            raise IncomeTableError(self._file, why, line=line, value=cell)
        return int(value)

    def check_headings(self, headings: Sequence[str], line: int) -> None:
        """See that no heading of sums names another currency.

        Raises:
            IncomeTableError: one does.
        """
        for heading in headings:
            for sign in _HEADING_SIGN.findall(heading):
                means = meanings(sign)
                if (sign in SIGNS or set(means) & set(MINOR_UNITS)) and self._currency not in means:
                    why = say(
                        "names another currency than {currency}; give costs and table in one currency (--currency)",
                        "يذكر عملة غير {currency}. تُعطى التكاليف والجدول بعملة واحدة (⁨--currency⁩)",
                        currency=self._currency,
                    )
                    raise IncomeTableError(self._file, why, line=line, value=heading)


def read_number(cell: str) -> Fraction | None:
    """A plain number, exactly; a percent sign is passed over. None where it is no number."""
    text = tidy(cell).replace("%", "").replace("٪", "").replace("﹪", "").strip()
    text = re.sub(r"^(?:approx\.?|approximately|about|ca\.?|≈|~|نحو|حوالي)\s*", "", text, flags=re.IGNORECASE)
    if not text:
        return None
    style = NumberStyle("," if re.search(r"^\d+,\d{1,2}$", text) else ".")
    value = parse_money(pl.Series([text]), scale=SHARE_PLACES, style=style).values[0]
    return None if value is None else Fraction(int(value), 10**SHARE_PLACES)


def has_percent(cell: str) -> bool:
    """Whether a percent sign stands in the cell."""
    return any(sign in cell for sign in "%٪﹪")


def read_amount(name: str, text: str, *, currency: str, scale: int) -> int:
    """One amount as a person types it, in minor units.

    Raises:
        CheckInputError: it is no amount, is below zero, or names another currency.
    """
    try:
        value = Amounts(name, [text], currency=currency, scale=scale).read(text, 1)
    except IncomeTableError as error:
        why = error.reason
        told = Text(en=why.en.removesuffix(PAID_OUT.en), ar=why.ar.removesuffix(PAID_OUT.ar))
        raise CheckInputError(name, text, told) from error
    if value is not None and value > LARGEST:
        raise CheckInputError(name, text, Text(en="is too large for a price", ar="أكبر من أن يكون سعرًا"))
    if value is None:
        raise CheckInputError(
            name, repr(text), Text(en="an amount is needed, such as 1650 or 0", ar="المطلوب مبلغ، مثل ⁨1650⁩ أو ⁨0⁩")
        )
    return value


def read_share(name: str, text: str) -> Fraction:
    """A share of people above nothing: `62%`, `0.62`, `62`.

    Raises:
        CheckInputError: it is no such share.
    """
    value = read_number(text)
    if value is not None and (has_percent(text) or value > 1):
        value /= 100
    if value is None or not 0 < value <= 1:
        raise CheckInputError(
            name,
            text,
            Text(
                en="is not a share above 0 and up to 100%; write it like 62%",
                ar="ليست نسبة فوق 0 وحتى ⁦100%⁩. تُكتب مثل ⁦62%⁩",
            ),
        )
    return value
