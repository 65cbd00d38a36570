"""Charts as SVG, drawn from integers, each followed by the same figures as a table.

Time axes and curves run left to right in both languages; horizontal bars, which are read like a table, start at the
reading side. Colour never carries meaning alone: series are named and striped, bars carry their figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 560, 230
LEFT, RIGHT, TOP, BOTTOM = 96, 10, 20, 34
LABELS = 8
"""Most labels under a time axis."""


@dataclass(frozen=True, slots=True)
class Bars:
    """One named series of a column chart: its style, its values, and the values as written for people."""

    name: str
    css: str
    values: Sequence[int]
    shown: Sequence[str]


def figure(title: str, drawing: str, summary: str, table: str, key: str = "") -> str:
    """A chart with its caption, the sentence that says what it shows, and its table; all HTML but title and summary."""
    return (
        f'<figure class="chart"><figcaption>{escape(title)}</figcaption>{key}{drawing}'
        f'<p class="muted">{escape(summary)}</p>{table}</figure>'
    )


def key(series: Sequence[Bars]) -> str:
    """Which column is which."""
    return '<p class="key">' + "".join(f'<i class="{one.css}"></i>{escape(one.name)}' for one in series) + "</p>"


def columns(labels: Sequence[str], series: Sequence[Bars], *, title: str) -> str:
    """Grouped columns over a time axis."""
    top = max((value for bars in series for value in bars.values), default=0) or 1
    highest = next((bars.shown[bars.values.index(top)] for bars in series if top in bars.values), "")
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    width = min(step * 0.76 / max(len(series), 1), 40)
    base = HEIGHT - BOTTOM
    parts = [
        f'<line class="axis" x1="{LEFT}" y1="{base}" x2="{WIDTH - RIGHT}" y2="{base}"/>',
        f'<line class="top" x1="{LEFT}" y1="{TOP}" x2="{WIDTH - RIGHT}" y2="{TOP}"/>',
        _text(LEFT - 6, TOP + 4, highest, "end"),
        _text(LEFT - 6, base, "0", "end"),
    ]
    for s, bars in enumerate(series):
        for i, value in enumerate(bars.values):
            height = (base - TOP) * max(value, 0) / top
            x = LEFT + (i + 0.5) * step + (s - len(series) / 2) * width
            tip = f"{bars.name}, {labels[i]}: {bars.shown[i]}"
            parts.append(
                f'<rect class="{bars.css}" x="{x:.1f}" y="{base - height:.1f}" width="{width:.1f}" height="{height:.1f}">'
                f"<title>{escape(tip)}</title></rect>"
            )
    every = max(1, -(-len(labels) // LABELS))
    for place, i in enumerate(range(0, len(labels), every)):
        css = "tick odd" if place % 2 else "tick"  # a narrow screen shows every second one
        parts.append(_text(LEFT + (i + 0.5) * step, HEIGHT - 12, labels[i], "middle", css))
    return _svg(parts, title)


def curve(points: Sequence[tuple[float, float]], *, title: str, across: str, up: str) -> str:
    """A Lorenz curve in its square, with the diagonal of equality."""
    side, wide, left = HEIGHT - TOP - BOTTOM, 1.7, 52

    def place(x: float, y: float) -> str:
        return f"{left + x * side * wide:.1f},{HEIGHT - BOTTOM - y * side:.1f}"

    end = left + side * wide
    parts = [
        f'<polyline class="axis" points="{place(0, 1)} {place(0, 0)} {place(1, 0)} {place(1, 1)}"/>',
        f'<polyline class="equal" points="{place(0, 0)} {place(1, 1)}"/>',
        f'<polyline class="lorenz" points="{" ".join(place(x, y) for x, y in points)}"/>',
        _text(left - 6, TOP + 4, "100%", "end"),
        _text(left - 6, HEIGHT - BOTTOM, "0", "end"),
        _text(end, HEIGHT - 18, "100%", "end"),
        _text(left + side * wide / 2, HEIGHT - 4, across, "middle"),
        _text(end + 12, TOP + 10, up, "start"),
    ]
    return _svg(parts, title)


def rows(labels: Sequence[str], values: Sequence[int], shown: Sequence[str], *, title: str, arabic: bool) -> str:
    """Horizontal bars, one a line, each with its figure written at its end."""
    top = max(values, default=0) or 1
    line, label_width = 19, 88
    room = WIDTH - label_width - 70
    parts = []
    for i, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = 4 + i * line
        length = max(room * value / top, 1 if value else 0)
        x = WIDTH - label_width - length if arabic else label_width
        parts.append(f'<rect class="people" x="{x:.1f}" y="{y + 2}" width="{length:.1f}" height="{line - 5}"/>')
        name = label_width - 8
        parts.append(_text(WIDTH - name if arabic else name, y + 13, label, "start" if arabic else "end"))
        parts.append(_text(x - 6 if arabic else x + length + 6, y + 13, shown[i], "end" if arabic else "start"))
    return _svg(parts, title, line * len(labels) + 8)


def _text(x: float, y: float, text: str, anchor: str, css: str = "") -> str:
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], title: str, height: int = HEIGHT) -> str:
    """The drawing is laid out left to right; what it says in words is the figure's summary and table."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" direction="ltr" aria-label="{escape(title, quote=True)}">'
        f"{''.join(parts)}</svg>"
    )
