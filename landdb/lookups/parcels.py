"""Parcels by key, by place, by certificate and by organisation."""

import math
from typing import Any, Final

import psycopg

from landdb.domain.crs import Axes, axes_look_swapped, is_vn2000, to_wgs84
from landdb.domain.identifiers import (
    ParcelCode,
    diagnose_tax_code,
    normalise_certificate_serial,
    normalise_commune_code,
    normalise_number,
)
from landdb.errors import InvalidValue
from landdb.lookups.resolution import Resolution, Status, envelope, resolution, status_of
from landdb.lookups.viewpoint import Page, Viewpoint
from landdb.store import lookups as store

#: More parcels than this under one code or at one point is a fault of the data, not an answer.
MOST_CANDIDATES: Final = 20
NOW: Final = Viewpoint()
FIRST_PAGE: Final = Page()

Connection = psycopg.AsyncConnection[Any]


async def get_parcel(conn: Connection, parcel_id: int, *, view: Viewpoint = NOW) -> Resolution:
    """Give the parcel with this internal key."""
    return await _ask(conn, "by_id", {"parcel_id": parcel_id}, view, missing="UNKNOWN_PARCEL")


async def parcels_by_number(
    conn: Connection, commune_code: str, sheet_no: str, parcel_no: str, *, view: Viewpoint = NOW
) -> Resolution:
    """Give the parcel under the present working key; the commune code is read at the viewpoint's date."""
    key = {
        "commune_code": normalise_commune_code(commune_code),
        "sheet_no": number("sheet", sheet_no),
        "parcel_no": number("parcel", parcel_no),
    }
    found = await store.ask_parcels(
        conn, "by_number", {**view.parameters(), **key}, as_of=view.as_of, fields=view.fields
    )
    status, reason = status_of(found.subjects), None
    if status == "NOT_FOUND":
        reason = await store.why_missing(
            conn, commune_code=key["commune_code"], sheet_no=key["sheet_no"], valid_on=view.valid_on
        )
    return resolution(found, view, status=status, reason=reason)


async def parcels_by_code(conn: Connection, parcel_code: str, *, view: Viewpoint = NOW) -> Resolution:
    """Give the parcel with this 12-character code; AMBIGUOUS when two parcels carry it."""
    key = {"parcel_code": str(ParcelCode.parse(parcel_code)), "limit": MOST_CANDIDATES}
    return await _ask(conn, "by_code", key, view, missing="UNKNOWN_CODE", several="CODE_CARRIED_TWICE")


async def parcels_at_point(
    conn: Connection,
    x: float,
    y: float,
    *,
    srid: int = 4326,
    axes: Axes = "EN",
    view: Viewpoint = NOW,
) -> Resolution:
    """Give the parcel at a point; on a common boundary, all that meet there.

    WGS 84: x is the longitude. Another system: `axes` 'EN' has the easting in x; 'NE' is the order on
    Vietnamese paper, where X is the northing. An order that contradicts the numbers is refused.
    """
    lon, lat = lonlat(x, y, srid=srid, axes=axes)
    key = {"lon": lon, "lat": lat, "limit": MOST_CANDIDATES}
    return await _ask(conn, "at_point", key, view, missing="NO_PARCEL_HERE", several="ON_A_BOUNDARY")


async def parcels_in_box(
    conn: Connection,
    box: tuple[float, float, float, float],
    *,
    page: Page = FIRST_PAGE,
    view: Viewpoint = NOW,
) -> bytes:
    """Give one page of a GeoJSON FeatureCollection: parcels whose box meets (west, south, east, north)."""
    west, south, east, north = box
    if not all(map(math.isfinite, box)) or not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidValue("bbox", "NOT_A_BOX", remedy="west,south,east,north in degrees")
    key = {"west": west, "south": south, "east": east, "north": north, "limit": page.limit, "after": page.after}
    found = await store.ask_page(conn, "in_box", {**view.parameters(), **key}, as_of=view.as_of)
    next_after = page.next_after(found.rows, found.last_id)
    head = {"type": "FeatureCollection", "numberReturned": found.rows, "next": next_after and str(next_after)}
    return envelope(head, "features", found.array)


async def parcels_by_certificate(
    conn: Connection, serial: str, *, page: Page = FIRST_PAGE, view: Viewpoint = NOW
) -> Resolution:
    """Give the parcels of a certificate; AMBIGUOUS when several certificates carry the serial."""
    reading = normalise_certificate_serial(serial)
    if reading.serial is None:
        raise InvalidValue("serial", "MISSING", remedy="such as AB 12345678")
    key = {"serial": reading.serial, "limit": page.limit, "after": page.after}
    return await _ask(
        conn, "by_certificate", key, view, missing="UNKNOWN_SERIAL", several="SERIAL_CARRIED_TWICE", page=page
    )


async def parcels_by_organisation(
    conn: Connection, org_no: str, *, page: Page = FIRST_PAGE, view: Viewpoint = NOW
) -> Resolution:
    """Give the parcels that an organisation holds a right in, inside the viewpoint's communes."""
    reading = diagnose_tax_code(org_no)
    if reading.normalised is None:
        raise InvalidValue("org_no", "MISSING", remedy="such as 0100684378")
    key = {"org_no": reading.normalised, "limit": page.limit, "after": page.after}
    found = await store.ask_parcels(
        conn, "by_organisation", {**view.parameters(), **key}, as_of=view.as_of, fields=view.fields
    )
    status: Status = "RESOLVED" if found.rows else "NOT_FOUND"
    return resolution(found, view, status=status, reason=None if found.rows else "UNKNOWN_ORGANISATION", page=page)


def number(field: str, text: str) -> str:
    """Give the number as stored; raises InvalidValue for a blank."""
    normalised = normalise_number(text)
    if normalised is None:
        raise InvalidValue(field, "MISSING", remedy="the number printed on the map")
    return normalised


async def _ask(
    conn: Connection,
    question: str,
    key: dict[str, Any],
    view: Viewpoint,
    *,
    missing: str,
    several: str | None = None,
    page: Page | None = None,
) -> Resolution:
    """Give what the question finds, with the reason code for none or several."""
    found = await store.ask_parcels(conn, question, {**view.parameters(), **key}, as_of=view.as_of, fields=view.fields)
    status = status_of(found.subjects)
    reason = {"NOT_FOUND": missing, "AMBIGUOUS": several, "RESOLVED": None}[status]
    return resolution(found, view, status=status, reason=reason, page=page)


def lonlat(x: float, y: float, *, srid: int, axes: Axes) -> tuple[float, float]:
    """Give longitude and latitude; raises InvalidValue for what is no place, or an order that contradicts itself."""
    if srid == 4326:
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            raise InvalidValue("lon", "OUT_OF_RANGE", remedy="longitude and latitude in degrees")
        return x, y
    if not is_vn2000(srid):
        raise InvalidValue("srid", "NOT_VN2000", remedy="4326, or the EPSG code of a VN-2000 zone such as 9208")
    easting, northing = (x, y) if axes == "EN" else (y, x)
    if axes_look_swapped([easting], [northing]):
        raise InvalidValue("axes", "AXES_LOOK_SWAPPED", remedy="say axes=NE when x is the northing, EN when it is not")
    lon, lat = to_wgs84(srid)([easting], [northing])
    if not (math.isfinite(lon[0]) and math.isfinite(lat[0])):
        raise InvalidValue("x", "OUTSIDE_THE_PROJECTION", remedy="check srid and axes")
    return float(lon[0]), float(lat[0])
