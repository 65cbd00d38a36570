"""Tables that lost their columns when somebody copied them: cells parted by blanks, or each on a line of its own.

Only what can be told without guessing is taken: headings name the columns in order, and every row has exactly as many
figures as there are headings for figures. Else there is no grid, and the text is read line by line as brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from compliance.check.columns import heading_of, known_columns, roles_of
from compliance.check.grid import Grid
from compliance.check.ranges import has_percent, is_blank, tidy

_AMOUNT = (
    r"(?:US\$|[$€£¥₹]|\b[A-Z]{3}\s)?\s?[0-9٠-٩۰-۹][0-9٠-٩۰-۹.,٬٫']*(?:\s?[%٪]|\s?[€£]|\s(?:USD|EUR|EGP|SAR|AED|KWD)\b)?"
)
_FIGURE = (
    rf"(?:[<≤~≈>≥]\s?)?{_AMOUNT}(?:\s?(?:[-–—]|to|إلى)\s?{_AMOUNT})?(?:\+|\s(?:and|or) (?:above|over|more))?[*†‡]*"
    r"|(?<=\s)(?:[-–—]|[Nn]/?[Aa])(?=\s|$)"
)
_FIGURES = re.compile(_FIGURE)
_TAIL = re.compile(rf"^(?P<label>.*?)(?P<tail>(?:(?:^|\s+)(?:{_FIGURE}))+)\s*$")
_HEADS = re.compile(
    r"(?P<count>number of|no\. of|عدد)|(?P<cumulative>cumulative|تراكمي)|(?P<share>%|percent\w*|share|نسبة|النسبة)"
    r"|(?P<median>median|الوسيط\w*)|(?P<average>average|mean|avg|متوسط)|(?P<low>\blow(?:est)?\b|\bminimum\b|\bmin\b|أدنى|الأدنى)"
    r"|(?P<high>\bhigh(?:est)?\b|\bmaximum\b|\bmax\b|أعلى|الأعلى)|(?P<range>\brange\b|الشريحة|شريحة)",
    re.IGNORECASE,
)
MOST_COLUMNS = 8


def pasted_grid(text: str) -> Grid | None:
    """The table of a text whose columns can still be told; None where they cannot."""
    lines = [(number, tidy(line)) for number, line in enumerate(text.splitlines(), start=1) if tidy(line)]
    return _by_wide_blanks(lines) or _cell_by_cell(lines) or _by_figures(lines)


Lines = Sequence[tuple[int, str]]


def _by_wide_blanks(lines: Lines) -> Grid | None:
    rows = tuple((number, tuple(re.split(r"\s{2,}|\t", line))) for number, line in lines)
    grid = Grid(rows)
    heading = heading_of(grid)
    if heading is None:
        return None
    width = len(rows[heading][1])
    fits = all(len(cells) in (1, width) for _, cells in rows[heading + 1 :])
    return grid if width > 1 and fits else None


def _cell_by_cell(lines: Lines) -> Grid | None:
    """Each cell on a line of its own, row after row, as telephones copy tables of pages."""
    cells = [line for _, line in lines]
    for width in range(2, MOST_COLUMNS + 1):
        heads, rest = cells[:width], cells[width:]
        if len(rest) < width or len(rest) % width or any(re.search(r"\d", head) for head in heads):
            continue
        roles = roles_of(heads)
        if None in roles or not {"share", "count"} & set(roles):
            continue
        rows = [rest[at : at + width] for at in range(0, len(rest), width)]
        if all(
            _is_figure(cell) is not (role == "label") for row in rows for role, cell in zip(roles, row, strict=True)
        ):
            starts = range(0, len(cells), width)
            return Grid(tuple((lines[at][0], tuple(cells[at : at + width])) for at in starts))
    return None


def _is_figure(cell: str) -> bool:
    return is_blank(cell) or _FIGURES.fullmatch(cell) is not None


def _by_figures(lines: Lines) -> Grid | None:
    """A name and figures on each line, parted by single blanks, under a line of headings."""
    heading = next(
        (at for at, (_, line) in enumerate(lines) if len(_heads(line)) > 1 and not re.search(r"\d", line)), None
    )
    if heading is None or known_columns(tuple(line for _, line in lines[:heading])) > 1:
        return None
    number, line = lines[heading]
    starts = [found.start() for found in _heads(line)]
    names = tuple(line[start:end].strip() for start, end in zip(starts, [*starts[1:], len(line)], strict=True))
    by_range = roles_of(names)[0] == "range"  # then words before the first figure belong to it, as in "over $50"
    rows: list[tuple[int, tuple[str, ...]]] = [(number, names if by_range else ("rank", *names))]
    for at, row in lines[heading + 1 :]:
        found = _TAIL.match(row)
        figures = [] if found is None else [each[0].strip() for each in _FIGURES.finditer(found["tail"])]
        if found is not None and _fits(figures, names):
            spare = figures[: len(figures) - len(names)]
            figures = figures[len(spare) :]
            label = " ".join([found["label"].strip(), *spare]).strip()
            first = (f"{label} {figures[0]}".strip(), *figures[1:]) if by_range else (label or "-", *figures)
            rows.append((at, first))
        elif any(each.rstrip().endswith(("%", "٪")) for each in figures) or len(figures) > 1:
            return None  # a row, but not of these columns
        else:
            rows.append((at, (row,)))
    return Grid(tuple(rows), tuple(line for _, line in lines[:heading])) if len(rows) > 1 else None


def _fits(figures: Sequence[str], names: Sequence[str]) -> bool:
    """Whether figures stand under the headings one by one; more may stand in the name, if the share tells where."""
    if len(figures) <= len(names):
        return len(figures) == len(names)
    role_of_each = roles_of(names)
    if "share" not in role_of_each:
        return False
    share = figures[len(figures) - len(names) + role_of_each.index("share")]
    return has_percent(share) and sum(map(has_percent, figures)) == 1


def _heads(line: str) -> list[re.Match[str]]:
    return list(_HEADS.finditer(line))
