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


@dataclass(frozen=True, slots=True)
class Bars:
    """One named series of a column chart."""

    name: str
    css: str
    values: Sequence[int]


def columns(
    labels: Sequence[str], series: Sequence[Bars], *, title: str, shown: Sequence[Sequence[str]], highest: str
) -> str:
    """Grouped columns over a time axis.

    Args:
        labels: what stands under each group.
        series: the columns of each group.
        title: what the drawing shows, for those who do not see it.
        shown: how value i of series s is written, as `shown[s][i]`.
        highest: how the largest value is written, beside the top of the axis.
    """
    top = max((value for bars in series for value in bars.values), default=0) or 1
    inner = WIDTH - LEFT - RIGHT
    step = inner / max(len(labels), 1)
    width = step * 0.76 / max(len(series), 1)
    parts = [_grid(), _text(LEFT - 6, TOP + 4, highest, "end"), _text(LEFT - 6, HEIGHT - BOTTOM, "0", "end")]
    for s, bars in enumerate(series):
        for i, value in enumerate(bars.values):
            height = (HEIGHT - TOP - BOTTOM) * max(value, 0) / top
            x = LEFT + i * step + step * 0.12 + s * width
            y = HEIGHT - BOTTOM - height
            tip = f"{bars.name}, {labels[i]}: {shown[s][i]}"
            parts.append(
                f'<rect class="{bars.css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
                f"<title>{escape(tip)}</title></rect>"
            )
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
    """Horizontal bars, one a line, each with its figure written at its end."""
    top = max(values, default=0) or 1
    line, label_width = 20, 78
    height = line * len(labels) + 8
    room = WIDTH - label_width - 150
    parts = []
    for i, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = 4 + i * line
        length = max(room * value / top, 1 if value else 0)
        x = WIDTH - label_width - length if arabic else label_width
        end = x - 6 if arabic else x + length + 6
        parts.append(f'<rect class="people" x="{x:.1f}" y="{y + 3}" width="{length:.1f}" height="{line - 6}"/>')
        parts.append(_text(WIDTH if arabic else label_width - 8, y + 14, label, "end"))
        parts.append(_text(end, y + 14, shown[i], "end" if arabic else "start"))
    return _svg(parts, title, height)


def share(parts_of: Sequence[tuple[str, int, str]], *, title: str, arabic: bool) -> str:
    """One stacked bar of the whole; each part is (css class, value, tooltip)."""
    total = sum(value for _, value, _ in parts_of) or 1
    at = 0.0
    drawn = []
    for css, value, tip in parts_of:
        length = WIDTH * value / total
        x = WIDTH - at - length if arabic else at
        drawn.append(
            f'<rect class="{css}" x="{x:.1f}" y="0" width="{length:.1f}" height="26"><title>{escape(tip)}</title></rect>'
        )
        at += length
    return _svg(drawn, title, 26)


def _grid() -> str:
    base = HEIGHT - BOTTOM
    return (
        f'<line class="axis" x1="{LEFT}" y1="{base}" x2="{WIDTH - RIGHT}" y2="{base}"/>'
        f'<line class="top" x1="{LEFT}" y1="{TOP}" x2="{WIDTH - RIGHT}" y2="{TOP}"/>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], title: str, height: int = HEIGHT) -> str:
    body = "".join(parts)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" direction="ltr" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )
