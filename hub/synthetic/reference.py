"""The tables of docs/reference/demo-partnership.md, made from what the demo is made of."""

from __future__ import annotations

from collections.abc import Mapping

from hub.synthetic.agencies import AGENCIES, HOST
from hub.synthetic.datasets import STREAMS, SUPPLIERS
from hub.synthetic.personas import PERSONAS
from hub.synthetic.places import places
from hub.synthetic.seasons import LAST_PERIOD, periods
from hub.synthetic.service import seen_in
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Streams

_SEED = 2022
_MARK = "<!-- generated: {} -->"
_END = "<!-- end of generated -->"


def demo_page(text: str, titles: Mapping[str, str]) -> str:
    """The page with the blocks between its marks made anew; `titles` are the datasets' by id. ValueError: a mark is missing."""
    for name, lines in (("agencies", _agencies()), ("datasets", _datasets(titles)), ("people", _people())):
        start = text.index(_MARK.format(name)) + len(_MARK.format(name))
        end = text.index(_END, start)
        text = text[:start] + "\n" + "\n".join(lines) + "\n" + text[end:]
    return text


def _agencies() -> list[str]:
    lines = ["| agency | kind | sends |", "|---|---|---|"]
    for one in AGENCIES:
        sends = ", ".join(f"`{dataset}`" for dataset in one.supplies)
        said = sends or ("nothing; it runs the hub for the others" if one is HOST else "nothing")
        lines.append(f"| {one.name} | `{one.kind}` | {said} |")
    return lines


def _datasets(titles: Mapping[str, str]) -> list[str]:
    """Each dataset with its files and the rows of the newest, of the demo's own seed."""
    newest = {stream.dataset: _newest(stream) for stream in STREAMS}
    chance, ground = Streams(_SEED), places()
    wanted = sorted({month for _, month in newest.values()} | {before for before, _ in newest.values()})
    seen = {period: seen_in(chance, ground, period) for period in wanted}
    lines = [
        f"| dataset | what | files | rows in the newest (to {LAST_PERIOD}) | from |",
        "|---|---|---|---|---|",
    ]
    for stream in STREAMS:
        before, now = newest[stream.dataset]
        rows = len(stream.write(Month(chance, ground, seen[before], seen[now])))
        files = sum(stream.due(period) for period in periods(stream.months))
        lines.append(
            f"| `{stream.dataset}` | {titles[stream.dataset]} | {files} | {rows:,} | {SUPPLIERS[stream.dataset]} |"
        )
    return lines


def _newest(stream: Stream) -> tuple[str, str]:
    """The newest month that has a file, after the month before it."""
    known = periods(37)
    place = max(number for number, period in enumerate(known) if number and stream.due(period))
    return known[place - 1], known[place]


def _people() -> list[str]:
    names = {agency.id: agency.name.removesuffix(" (invented)") for agency in AGENCIES}
    lines = ["| who | agency | title | roles | comes to |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.name} | {names[one.agency]} | {one.title} | {', '.join(sorted(one.roles))} | {one.comes_to} |"
        for one in PERSONAS
    ]
    return lines
