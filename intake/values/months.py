"""Names of months as they stand in files: English, Spanish, Portuguese, French, Arabic (all regions) and Chinese.

Arabic has several sets: Egypt and the Gulf (يناير), the Levant and Iraq (كانون الثاني), Morocco (غشت), Tunisia and Algeria
(جانفي). Names are compared folded; a name that could be two months is not here. Hijri months are listed only to be
recognised and refused with a hint.
"""

from __future__ import annotations

from intake.values.folding import fold

_NAMES: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "enero", "ene", "janeiro", "janvier", "janv", "يناير", "كانون الثاني", "جانفي", "ينار"),
    ("february", "feb", "febrero", "fevereiro", "fev", "février", "févr", "fevr", "فبراير", "شباط", "فيفري"),
    ("march", "mar", "marzo", "março", "mars", "مارس", "آذار"),
    ("april", "apr", "abril", "abr", "avril", "avr", "أبريل", "إبريل", "نيسان", "أفريل"),
    ("may", "mayo", "maio", "mai", "مايو", "أيار", "ماي"),
    ("june", "jun", "junio", "junho", "juin", "يونيو", "يونيه", "حزيران", "جوان"),
    ("july", "jul", "julio", "julho", "juillet", "juil", "يوليو", "يوليه", "تموز", "يوليوز", "جويلية"),
    ("august", "aug", "agosto", "ago", "août", "أغسطس", "آب", "غشت", "أوت"),
    ("september", "sep", "sept", "septiembre", "setiembre", "setembro", "set", "septembre", "سبتمبر", "أيلول", "شتنبر"),
    ("october", "oct", "octubre", "outubro", "out", "octobre", "أكتوبر", "تشرين الأول"),
    ("november", "nov", "noviembre", "novembro", "novembre", "نوفمبر", "تشرين الثاني", "نونبر"),
    ("december", "dec", "diciembre", "dic", "dezembro", "dez", "décembre", "déc", "ديسمبر", "كانون الأول", "دجنبر"),
)

_HIJRI_NAMES = (
    "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "ربيع الثاني", "جمادى الأولى", "جمادى الآخرة", "جمادى الثانية", "رجب", "شعبان",
    "رمضان", "شوال", "ذو القعدة", "ذو الحجة", "muharram", "safar", "rabi", "jumada", "rajab", "shaban", "ramadan", "shawwal",
    "dhualqidah", "dhualhijjah",
)  # fmt: skip

MONTHS: dict[str, int] = {fold(name): number for number, names in enumerate(_NAMES, 1) for name in names}
"""Folded month name to its number."""

HIJRI_MONTHS = frozenset(fold(name) for name in _HIJRI_NAMES)
"""Folded names of the months of the Islamic calendar."""


def month_number(name: str) -> int | None:
    """The month that a name means, or None.

    >>> month_number("Déc."), month_number("كانون الثاني"), month_number("غشت")
    (12, 1, 8)
    """
    return MONTHS.get(fold(name))
