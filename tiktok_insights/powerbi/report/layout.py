"""Where visuals are on a page: banner and slicers on top, below it rows of twelve columns, as in the HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights.powerbi.report.visuals import Box

WIDTH = 1280
HEIGHT = 720
_GAP = 16
_COLUMNS = 12
_SLICER = 208
_BANNER = 96
#: The height of a row with such a visual, in pixels; a row is as high as its highest.
_HEIGHTS = {"multiRowCard": 112, "card": 112, "hundredPercentStackedBarChart": 176, "pivotTable": 320, "tableEx": 272}
_CHART = 288


@dataclass(frozen=True, slots=True)
class Tile:
    """A visual's type, its width in columns of twelve, and its height in pixels if that is not the type's."""

    type: str
    width: int
    height: int = 0

    @property
    def pixels(self) -> int:
        """Its height, at least."""
        return self.height or _HEIGHTS.get(self.type, _CHART)


def top(slicers: int) -> tuple[Box, ...]:
    """Place the slicers, and the banner beside them."""
    boxes = [Box(_GAP + at * (_SLICER + _GAP), _GAP, _SLICER, _BANNER) for at in range(slicers)]
    left = _GAP + slicers * (_SLICER + _GAP)
    return (*boxes, Box(left, _GAP, WIDTH - _GAP - left, _BANNER))


def grid(tiles: Sequence[Tile]) -> tuple[Box, ...]:
    """Place the visuals below the banner, row by row."""
    boxes: list[Box] = []
    row: list[Tile] = []
    y = _GAP + _BANNER + _GAP
    for tile in [*tiles, Tile("", _COLUMNS)]:
        if row and sum(one.width for one in row) + tile.width > _COLUMNS:
            height = max(one.pixels for one in row)
            boxes += _in_row(row, y, height)
            y, row = y + height + _GAP, []
        row.append(tile)
    return tuple(boxes)


def page_height(boxes: Sequence[Box]) -> int:
    """The height that holds all, at least that of a slide."""
    return max(HEIGHT, *(box.y + box.height + _GAP for box in boxes))


def _in_row(row: Sequence[Tile], y: int, height: int) -> list[Box]:
    unit = (WIDTH - _GAP) / _COLUMNS
    boxes, at = [], 0
    for tile in row:
        left, right = round(at * unit), round((at + tile.width) * unit)
        boxes.append(Box(_GAP + left, y, right - left - _GAP, height))
        at += tile.width
    return boxes
