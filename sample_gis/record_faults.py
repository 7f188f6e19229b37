"""Faults of a parcel's own attributes: its code and its areas."""

from dataclasses import replace

from shapely import Point

from sample_gis.desk import Desk
from sample_gis.records import codes_of, resurveyed


def code_of_other(desk: Desk) -> None:
    """Give a parcel the code of another one."""
    first = desk.site(lambda key: key)
    second = desk.site(lambda key: key)
    desk.change(second, code=desk.survey.parcels[first].code)
    desk.pair("IDN002", first, second, note=f"{second} carries the code of {first}")
    desk.find("IDN003", second, note=f"its code is that of {first}")


def code_elsewhere(desk: Desk) -> None:
    """Give a parcel a code that was never issued and points 40 m away."""
    key = desk.site(lambda key: key)
    spot = desk.shape(key).centroid
    aside = Point(spot.x + 40.0, spot.y + 25.0).buffer(1.0)
    desk.change(key, code=codes_of([aside], desk.survey.fabric.recipe.srid)[0])
    desk.find("IDN003", key, note="its code points about 47 m away")


def code_malformed(desk: Desk) -> None:
    """Give a parcel a code with a letter that no code has."""
    key = desk.site(lambda key: key)
    desk.change(key, code=desk.survey.parcels[key].code[:-1] + "a")
    desk.find("IDN004", key, note="ends with the letter a")


def drawn_area(desk: Desk) -> None:
    """Register an area that the drawing does not have."""
    key = desk.site(lambda key: key)
    record = desk.survey.parcels[key]
    wrong = resurveyed(record, record.geom.buffer(0.35, join_style="mitre"))
    desk.survey.parcels[key] = replace(wrong, geom=record.geom)
    desk.find("ARE001", key, note=f"{wrong.registered_m2 - record.registered_m2:+.1f} m²")


def legal_area(desk: Desk) -> None:
    """Certify an area that the survey does not have."""
    key = desk.site(lambda key: key)
    record = desk.survey.parcels[key]
    desk.change(key, legal_m2=round(record.registered_m2 * 1.06, 1))
    desk.find("ARE002", key, note=f"{record.registered_m2 * 0.06:+.1f} m² on the certificate")
    desk.find("ARE004", key, note="the certificate's own row still has the surveyed area")


def use_area(desk: Desk) -> None:
    """Let the uses make less than the parcel."""
    key = desk.site(lambda key: key if len(desk.survey.parcels[key].uses) > 1 else None)
    first, *rest = desk.survey.parcels[key].uses
    desk.change(key, uses=(replace(first, area_m2=round(first.area_m2 - 12.0, 1)), *rest))
    desk.find("ARE003", key, note="uses make 12.0 m² less than the parcel")
