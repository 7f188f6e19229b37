"""From drawn ground to delivered records: codes, areas, uses, addresses, then the papers."""

from dataclasses import replace
from random import Random

import numpy as np
import shapely

from landdb.domain import crs, geohash
from sample_gis.fabric import Fabric, Ground
from sample_gis.papers import Certificate, ParcelRecord, Survey, Use
from sample_gis.people import certify

FIELD_CODES = ("LUC", "LUC", "LUC", "HNK", "CLN", "NTS", "RSX")
PLACES = ("Xứ đồng Mẫu", "Đồng Thử", "Bãi Ví Dụ")


def codes_of(grounds: list[Ground], srid: int) -> list[str]:
    """Give the 12-character code of each ground: its pole of inaccessibility in WGS 84 as a GeoHash."""
    poles = [shapely.maximum_inscribed_circle(ground, tolerance=0.01).coords[0] for ground in grounds]
    xy = np.array(poles)
    lon, lat = crs.to_wgs84(srid)(xy[:, 0], xy[:, 1])
    return [geohash.encode(float(a), float(o)) for a, o in zip(lat, lon, strict=True)]


def uses_of(land: str, house_code: str, area_m2: float, rng: Random) -> tuple[Use, ...]:
    """Share a registered area out to one, two or three uses whose areas sum to it exactly."""
    if land == "fields":
        return (Use(rng.choice(FIELD_CODES), area_m2),)
    if land == "houses" and (area_m2 < 280 or rng.random() < 0.5):
        return (Use(house_code, area_m2),)
    house = round(min(200.0, area_m2 * rng.uniform(0.4, 0.7)), 1)
    garden = round(area_m2 - house, 1)
    if garden < 60 or rng.random() < 0.8:
        return Use(house_code, house), Use("CLN", garden)
    third = round(garden * 0.4, 1)
    return Use(house_code, house), Use("CLN", round(garden - third, 1)), Use("HNK", third)


def resurveyed(record: ParcelRecord, geom: Ground) -> ParcelRecord:
    """Give `record` with a new geometry and the areas that follow from it; its code stays as issued."""
    area = round(geom.area, 1)
    difference = round(record.legal_m2 - record.registered_m2, 1)
    rest = round(area - record.registered_m2, 1)
    uses = (replace(record.uses[0], area_m2=round(record.uses[0].area_m2 + rest, 1)), *record.uses[1:])
    return replace(record, geom=geom, registered_m2=area, legal_m2=round(area + difference, 1), uses=uses)


def surveyed(fabric: Fabric) -> Survey:
    """Give a commune's faultless survey."""
    recipe = fabric.recipe
    scales = {sheet.sheet_no: sheet.scale for sheet in fabric.sheets}
    codes = codes_of([parcel.geom for parcel in fabric.parcels], recipe.srid)
    parcels: dict[str, ParcelRecord] = {}
    for parcel, code in zip(fabric.parcels, codes, strict=True):
        rng = Random(f"{recipe.seed}:{parcel.key}")
        area = round(parcel.geom.area, 1)
        place = rng.choice(PLACES) if parcel.land == "fields" else f"Thôn Mẫu {rng.randint(1, 9)}"
        parcels[parcel.key] = ParcelRecord(
            sheet_no=str(parcel.sheet_no), parcel_no=str(parcel.parcel_no), scale=scales[parcel.sheet_no],
            land=parcel.land, geom=parcel.geom, code=code, registered_m2=area,
            legal_m2=round(area + rng.choice((0.0, 0.0, 0.0, 0.1, -0.1, 0.2)), 1),
            uses=uses_of(parcel.land, recipe.house_code, area, rng), address=f"{place}, {recipe.full_name}",
        )  # fmt: skip
    certificates = certify(recipe, parcels)
    return Survey(fabric, with_holders(parcels, certificates), certificates)


def with_holders(parcels: dict[str, ParcelRecord], certificates: list[Certificate]) -> dict[str, ParcelRecord]:
    """Write on each parcel the first holder's name, as cadastral maps do."""
    holder: dict[str, str] = {}
    for certificate in certificates:
        first = certificate.holders[0]
        name = first.organisation.name if first.organisation else first.person.name
        holder.update(dict.fromkeys(certificate.keys, name))
    return {key: replace(record, holder=holder.get(key, "")) for key, record in parcels.items()}
