"""Ground as SVG: degrees become metres around a middle, metres become short whole numbers of a view box."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from landdb.reporting.page.markup import Markup, element
from landdb.reporting.page.wording import NBSP, Wording

_METRES_PER_DEGREE: Final = 6_371_008.8 * math.pi / 180
#: Of the width, how long a scale bar is at most.
_BAR_SHARE: Final = 0.3
#: The shapes of marks, so that severities are told apart without their colours.
_MARKS: Final = {
    "error": "M0-9 9 0 0 9-9 0z",
    "warning": "M0-8 8 6-8 6z",
    "info": "M-4.5-4.5h9v9h-9z",
}

Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Frame:
    """A window on the ground: its south-west corner in degrees, its size in metres, its width in drawing units.

    Distances are true to a part in a thousand within some twenty kilometres of the middle: enough for a picture.
    """

    west: float
    south: float
    width_m: float
    height_m: float
    units: int

    @classmethod
    def around(
        cls,
        bounds: Sequence[float],
        *,
        units: int,
        margin: float = 0.06,
        aspect: float | None = None,
        least_m: float = 0.001,
    ) -> "Frame":
        """Give the frame around a box (west, south, east, north) in degrees.

        `margin` is a share of the larger side, `aspect` is width through height, `least_m` the smallest width.
        """
        west, south, east, north = bounds
        per_lon, per_lat = _metres_per_degree((south + north) / 2)
        width, height = (east - west) * per_lon, (north - south) * per_lat
        padding = max(width, height) * margin
        width, height = max(width + 2 * padding, least_m), max(height + 2 * padding, least_m / 2)
        wanted = max(width, height * aspect) if aspect else width
        tall = wanted / aspect if aspect else height
        middle = (west + east) / 2, (south + north) / 2
        return cls(middle[0] - wanted / 2 / per_lon, middle[1] - tall / 2 / per_lat, wanted, tall, units)

    @property
    def unit_m(self) -> float:
        """Give the metres in one drawing unit."""
        return self.width_m / self.units

    @property
    def height(self) -> int:
        """Give the height in drawing units."""
        return max(1, round(self.height_m / self.unit_m))

    @property
    def viewbox(self) -> str:
        """Give the view box of the picture."""
        return f"0 0 {self.units} {self.height}"

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Give west, south, east, north in degrees."""
        per_lon, per_lat = self._scale()
        return self.west, self.south, self.west + self.width_m / per_lon, self.south + self.height_m / per_lat

    def to_units(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give drawing units, y downwards."""
        per_lon, per_lat = self._scale()
        x = (lonlat[:, 0] - self.west) * per_lon / self.unit_m
        y = self.height - (lonlat[:, 1] - self.south) * per_lat / self.unit_m
        return np.column_stack((x, y))

    def holds(self, lon: float, lat: float) -> bool:
        """Tell whether a place is in the window."""
        west, south, east, north = self.bounds
        return west <= lon <= east and south <= lat <= north

    def _scale(self) -> tuple[float, float]:
        per_lat = _METRES_PER_DEGREE
        middle = self.south + self.height_m / 2 / per_lat
        return _metres_per_degree(middle)


def from_wkb(several: Iterable[bytes]) -> Geometries:
    """Give the geometries as an array."""
    return np.asarray(shapely.from_wkb(list(several)), dtype=object)


def outlines(geometries: Geometries, frame: Frame, css: str, *, decimals: int = 0) -> Markup | None:
    """Give all rings as one path; what shrinks to less than three vertices at this scale is not drawn."""
    data = _path(geometries, frame, decimals, closed=True)
    return element("path", d=data, class_=css) if data else None


def lines(geometries: Geometries, frame: Frame, css: str, *, decimals: int = 0) -> Markup | None:
    """Give all lines as one path."""
    data = _path(geometries, frame, decimals, closed=False)
    return element("path", d=data, class_=css) if data else None


def mark(severity: str, x: float, y: float, *, title: str, href: str | None = None) -> Markup:
    """Give the mark of a finding at a place in drawing units, as a link when there is something to go to."""
    drawn = element(
        "path", element("title", title), d=_MARKS[severity], class_=f"mark f-{severity}",
        transform=f"translate({x:.0f} {y:.0f})", data_at=f"{x:.0f} {y:.0f}",
    )  # fmt: skip
    return drawn if href is None else element("a", drawn, href=href)


def mark_sample(severity: str) -> Markup:
    """Give a mark for a legend."""
    shape = element("path", d=_MARKS[severity], class_=f"f-{severity}")
    return element("svg", shape, viewbox="-11 -11 22 22", aria_hidden="true")


def scale_bar(frame: Frame, wording: Wording, *, text_units: float) -> Markup:
    """Give a bar of a round length with its length, in the lower left corner."""
    length_m = round_length(frame.width_m * _BAR_SHARE)
    length, left, bottom = length_m / frame.unit_m, text_units * 0.8, frame.height - text_units * 0.8
    tick = text_units * 0.4
    told = length_text(length_m, wording)
    bar = element("path", d=f"M{left:.1f} {bottom - tick:.1f}v{tick:.1f}h{length:.1f}v-{tick:.1f}", class_="scalebar")
    label = element(
        "text", told, x=left + length + text_units * 0.4, y=bottom, class_="halo", font_size=text_units
    )  # fmt: skip
    return Markup(bar + label)


def round_length(longest_m: float) -> float:
    """Give the longest of 1, 2, 5 × 10ⁿ metres that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest_m))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= longest_m * 1.000001)


def length_text(length_m: float, wording: Wording) -> str:
    """Give a length in the unit that makes it a small whole number."""
    for unit, metres in (("km", 1000.0), ("m", 1.0), ("cm", 0.01)):
        if length_m >= metres * 0.999:
            return f"{wording.number(length_m / metres)}{NBSP}{unit}"
    return f"{wording.number(length_m * 1000)}{NBSP}mm"


def _metres_per_degree(lat: float) -> tuple[float, float]:
    return _METRES_PER_DEGREE * math.cos(math.radians(lat)), _METRES_PER_DEGREE


def _path(geometries: Geometries, frame: Frame, decimals: int, *, closed: bool) -> str:
    """Give the path data of all rings or lines, in whole numbers of 10^-decimals units, relative after the start."""
    parts = shapely.get_parts(geometries[~shapely.is_empty(geometries)]) if len(geometries) else geometries
    pieces = shapely.get_rings(parts) if closed else parts
    lonlat, owner = shapely.get_coordinates(pieces, return_index=True)
    if not len(lonlat):
        return ""
    grid = np.rint(frame.to_units(lonlat) * 10**decimals).astype(np.int64)
    first = np.r_[True, owner[1:] != owner[:-1]]
    kept = first | np.r_[True, (grid[1:] != grid[:-1]).any(axis=1)]
    grid, owner, first = grid[kept], owner[kept], first[kept]
    steps = np.diff(grid, axis=0, prepend=grid[:1])
    starts = np.flatnonzero(first)
    ends = np.r_[starts[1:], len(grid)]
    return "".join(
        _piece(grid[start], steps[start + 1 : end], decimals, closed=closed)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        if end - start > (3 if closed else 1)
    )


def _piece(start: NDArray[np.int64], steps: NDArray[np.int64], decimals: int, *, closed: bool) -> str:
    """Give one ring or line; the step back to a ring's start is left to the closing."""
    moved = steps[:-1] if closed else steps
    told = " ".join(_number(value, decimals) for value in moved.ravel().tolist())
    return f"M{_number(int(start[0]), decimals)} {_number(int(start[1]), decimals)}l{told}{'z' if closed else ''}"


def _number(value: int, decimals: int) -> str:
    return str(value) if not decimals else f"{value / 10**decimals:g}"
