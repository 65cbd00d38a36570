"""The report's pictures: small SVG drawings made from integers, with their figures beside them as a table.

Time axes and curves run left to right in both languages; horizontal bars, which are read like a table, start at
the reading side (`arabic` flips them). Colour never carries meaning alone: bars are labelled and series are
named. Coordinates are rounded to a tenth, so that the same figures give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 92, 12, 18, 34
LONGEST_LABEL = 30
"""Letters of a label beside a bar.

Styles of the classes stand twice: in `templates/report.css` for screens and in `pdf.DRAWING` for print."""


@dataclass(frozen=True, slots=True)
class Bars:
    """One named series of a column chart."""

    name: str
    css: str
    values: Sequence[int]


def columns(
    labels: Sequence[str],
    series: Sequence[Bars],
    *,
    title: str,
    shown: Sequence[Sequence[str]],
    highest: str,
    lowest: str = "0",
    spans: Sequence[tuple[int, int] | None] = (),
) -> str:
    """Grouped columns over a time axis; values below zero hang from the line of zero.

    Args:
        labels: what stands under each group.
        series: the columns of each group.
        title: what the drawing shows, for those who do not see it.
        shown: how value i of series s is written, as `shown[s][i]`.
        highest: how the largest value is written, beside the top of the axis.
        lowest: how the smallest is written, beside its foot: zero, unless a value is below it.
        spans: low and high of the interval of each group, drawn over the first series.
    """
    values = [value for bars in series for value in bars.values] + [end for span in spans if span for end in span]
    top, bottom = max(0, *values, 0), min(0, *values, 0)
    room = (top - bottom) or 1

    def height_of(value: int) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (top - value) / room

    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    width = step * 0.76 / max(len(series), 1)
    zero = height_of(0)
    parts = [_grid(zero), _text(LEFT - 6, TOP + 4, highest, "end"), _text(LEFT - 6, HEIGHT - BOTTOM, lowest, "end")]
    for s, bars in enumerate(series):
        for i, value in enumerate(bars.values):
            y, end = sorted((height_of(value), zero))
            x = LEFT + i * step + step * 0.12 + s * width
            tip = f"{bars.name}, {labels[i]}: {shown[s][i]}"
            parts.append(
                f'<rect class="{bars.css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{end - y:.1f}">'
                f"<title>{escape(tip)}</title></rect>"
            )
    for i, span in enumerate(spans):
        if span is not None:
            x = LEFT + i * step + step * 0.12 + width / 2
            parts.append(_line("whisker", x, height_of(span[0]), x, height_of(span[1])))
    every = max(1, -(-len(labels) // 10))
    named = range(0, len(labels), every)
    parts.extend(_text(LEFT + (i + 0.5) * step, HEIGHT - 12, labels[i], "middle") for i in named)
    return _svg(parts, title)


def curve(points: Sequence[tuple[float, float]], *, title: str, across: str, up: str) -> str:
    """A Lorenz-like curve in the unit square with its diagonal; `across` and `up` name the axes."""
    side = HEIGHT - TOP - BOTTOM

    def place(x: float, y: float) -> str:
        return f"{LEFT + x * side * 1.6:.1f},{HEIGHT - BOTTOM - y * side:.1f}"

    path = " ".join(place(x, y) for x, y in points)
    parts = [
        f'<polyline class="axis" points="{place(0, 1)} {place(0, 0)} {place(1, 0)} {place(1, 1)}"/>',
        f'<polyline class="equal" points="{place(0, 0)} {place(1, 1)}"/>',
        f'<polyline class="lorenz" points="{path}"/>',
        _text(LEFT - 6, TOP + 4, "100%", "end"),
        _text(LEFT - 6, HEIGHT - BOTTOM, "0", "end"),
        _text(LEFT + side * 1.6, HEIGHT - 16, "100%", "end"),
        _text(LEFT + side * 0.8, HEIGHT - 4, across, "middle"),
        _text(LEFT + side * 1.6 + 14, TOP + 10, up, "start"),
    ]
    return _svg(parts, title)


def rows(labels: Sequence[str], values: Sequence[int], shown: Sequence[str], *, title: str, arabic: bool) -> str:
    """Horizontal bars, one a line, each with its figure written at its end; a long label is cut, its tip is whole."""
    top = max((abs(value) for value in values), default=0) or 1
    line = 20
    label_width = min(max(60, 9 + 7 * max((len(label) for label in labels), default=0)), LONGEST_LABEL * 7 + 9)
    height = line * len(labels) + 8
    room = WIDTH - label_width - 150
    parts = []
    for i, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = 4 + i * line
        length = max(room * abs(value) / top, 1 if value else 0)
        x = WIDTH - label_width - length if arabic else label_width
        end = x - 6 if arabic else x + length + 6
        css = "people" if value >= 0 else "below"
        tip = f"<title>{escape(f'{label}: {shown[i]}')}</title>"
        parts.append(
            f'<rect class="{css}" x="{x:.1f}" y="{y + 3}" width="{length:.1f}" height="{line - 6}">{tip}</rect>'
        )
        name = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
        parts.append(_text(WIDTH if arabic else label_width - 8, y + 14, name, "end"))
        parts.append(_text(end, y + 14, shown[i], "end" if arabic else "start"))
    return _svg(parts, title, height)


def _grid(zero: float) -> str:
    return _line("axis", LEFT, zero, WIDTH - RIGHT, zero) + _line("top", LEFT, TOP, WIDTH - RIGHT, TOP)


def _line(css: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], title: str, height: int = HEIGHT) -> str:
    body = "".join(parts)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" direction="ltr" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )
