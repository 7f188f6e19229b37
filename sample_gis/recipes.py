"""What the two invented communes look like before anything is drawn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LandClass:
    """How a block is cut: mean parcel area, and the block area above which a lane runs through (0 = never)."""

    name: str
    target_m2: float
    lane_above_m2: float
    min_radius_m: float


HOUSES = LandClass("houses", 252.0, 5200.0, 1.4)
GARDENS = LandClass("gardens", 500.0, 14000.0, 2.2)
FIELDS = LandClass("fields", 1000.0, 0.0, 3.5)
CLASSES = {500: HOUSES, 1000: GARDENS, 2000: FIELDS}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One commune: `layout` has a letter per block of the road net, and `scales` the map scale of each letter's sheet.

    Sheets are numbered in the order of `scales`. The river runs from the west edge to the east edge.
    """

    code: str
    name: str
    kind: str
    province_code: str
    srid: int
    centre: tuple[float, float]
    size_m: tuple[float, float]
    seed: str
    layout: tuple[str, ...]
    scales: dict[str, int]
    river_width_m: float
    river_name: str
    house_code: str
    apart: str = ""  # letter of the sheet that the broken delivery brings in a file of its own

    @property
    def full_name(self) -> str:
        """Give the name with its kind, as printed on papers."""
        return f"{self.kind} {self.name}"


RURAL = Recipe(
    code="99001",
    name="Mẫu Sơn Hạ",
    kind="xã",
    province_code="25",
    srid=9208,
    centre=(558400.0, 2368900.0),
    size_m=(1420.0, 1060.0),
    seed="mau-son-ha",
    layout=("AAABBB", "AACCBB", "DDCKEE", "DFFKKE", "GGFFHH"),
    scales={"A": 2000, "B": 2000, "C": 500, "D": 2000, "K": 500, "E": 2000, "F": 1000, "G": 2000, "H": 2000},
    river_width_m=24.0,
    river_name="Sông Mẫu",
    house_code="ONT",
)

URBAN = Recipe(
    code="99002",
    name="Mẫu Giang",
    kind="phường",
    province_code="38",
    srid=5897,
    centre=(580000.0, 2190000.0),
    size_m=(1180.0, 900.0),
    seed="mau-giang",
    layout=("AABBC", "ADDBC", "DDEEC", "FFEIG", "FHHGG"),
    scales={"A": 1000, "B": 500, "C": 2000, "D": 500, "E": 500, "F": 1000, "G": 2000, "H": 1000, "I": 2000},
    river_width_m=38.0,
    river_name="Sông Thử",
    house_code="ODT",
    apart="I",
)
RECIPES = (RURAL, URBAN)
