"""What requests about deliveries may say."""

import re
from typing import Annotated, Final, Literal
from urllib.parse import unquote

from pydantic import Field

from api.schemas import CommuneCode, Strict, text
from landdb.errors import InvalidValue
from landdb.uploads import Wanted

Epsg = Annotated[int, Field(ge=1024, le=32767, examples=[9210])]
#: A number, perhaps between letters: what is told back to its sender can be no name and no citizen ID.
SheetNo = Annotated[
    str, Field(pattern=r"^[A-Za-z]{0,4}[0-9]{1,6}[A-Za-z0-9./-]{0,6}$", max_length=11, examples=["12", "PL9"])
]
_PERCENT: Final = re.compile(r"[!#-~]{1,600}")


class ImportQuery(Strict):
    """What the sender knows of the file before it is looked at; all of it can be corrected afterwards."""

    commune: Annotated[CommuneCode | None, Field(description="where the file does not carry one")] = None
    sheet: SheetNo | None = None
    crs: Annotated[Epsg | None, Field(description="EPSG code of the delivered coordinates")] = None
    sheet_crs: Annotated[Epsg | None, Field(description="zone to keep sheets in, for a file in degrees")] = None
    axes: Annotated[Literal["auto", "EN", "NE"], Field(description="NE: X is northing, as on paper")] = "auto"
    kind: Literal["auto", "features", "holdings", "crosswalk"] = "auto"
    profile: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$", description="supplier, as `landdb import`")] | None = (
        None
    )

    def wanted(self) -> Wanted:
        """Give it as the door takes it."""
        return Wanted(**self.model_dump())


class ImportCorrection(ImportQuery):
    """How the file is to be read: replaces what was said before."""

    document: Annotated[str, Field(description="the record that came with the file"), text(200)] | None = None
    columns: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")], Annotated[str, text(200)]],
        Field(max_length=80, description="field → delivered column, over what was recognised"),
    ] = Field(default_factory=dict)


def file_name(told: str) -> str:
    """Give the delivered name from its header, where it is written in percent-encoded UTF-8."""
    if not _PERCENT.fullmatch(told):
        raise InvalidValue(
            "X-Landdb-File-Name", "NOT_PERCENT_ENCODED", remedy="percent-encoded UTF-8, such as thua%20dat.zip"
        )
    return unquote(told, errors="replace")
