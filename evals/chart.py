"""A bar chart of shares with their intervals, as SVG, drawn by hand: nothing is loaded for it."""

from collections.abc import Mapping
from html import escape

from evals.metrics import Estimate

ROW, LEFT, WIDTH, TOP = 22, 150, 420, 30  # pixels
STYLE = "text{font:12px sans-serif;fill:#333}.bar{fill:#4a7fb5}.interval{stroke:#222;stroke-width:1.5}.grid{stroke:#ddd}"


def _bar(at: int, name: str, found: Estimate) -> str:
    top, middle = TOP + at * ROW, TOP + at * ROW + ROW // 2
    low, high = LEFT + found.low * WIDTH, LEFT + found.high * WIDTH
    return (
        f'<text x="{LEFT - 8}" y="{middle + 4}" text-anchor="end">{escape(name)}</text>'
        f'<rect class="bar" x="{LEFT}" y="{top + 4}" width="{found.value * WIDTH:.0f}" height="{ROW - 8}"/>'
        f'<line class="interval" x1="{low:.0f}" x2="{high:.0f}" y1="{middle}" y2="{middle}"/>'
        f'<text x="{LEFT + WIDTH + 8}" y="{middle + 4}">{100 * found.value:.0f} % of {found.n}</text>'
    )


def bars(title: str, found: Mapping[str, Estimate]) -> str:
    """One bar a name, 0 to 100 %, each with its 95 % interval."""
    height = TOP + len(found) * ROW + 24
    lines = [
        f'<line class="grid" x1="{x:.0f}" x2="{x:.0f}" y1="{TOP}" y2="{height - 20}"/>'
        f'<text x="{x:.0f}" y="{height - 6}" text-anchor="middle">{share} %</text>'
        for share in range(0, 101, 25)
        for x in [LEFT + share / 100 * WIDTH]
    ]
    lines += [_bar(at, name, estimate) for at, (name, estimate) in enumerate(found.items()) if estimate.n]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 100}" height="{height}" role="img">'
        f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/><text x="{LEFT}" y="18">{escape(title)}</text>'
        + "".join(lines)
        + "</svg>\n"
    )
