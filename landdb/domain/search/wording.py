"""A reading in words: the sentence that is shown, and the text that reads as this and nothing else."""

from dataclasses import asdict

from landdb.domain.crs import ZONES
from landdb.domain.search.readings import (
    BarcodeReading,
    CertificateReading,
    CodeReading,
    GridReading,
    IdReading,
    ParcelReading,
    Place,
    PlaceReading,
    PointReading,
    Reading,
    RegistryReading,
)
from landdb.domain.search.vocabulary import vocabulary

Words = dict[str, str]


def write(reading: Reading) -> str:
    """Give a text that is read as this reading and as nothing else."""
    match reading:
        case ParcelReading():
            place = None if reading.place is None else write_place(reading.place)
            return _joined(_numbers(reading, "vi"), reading.address, place)
        case PlaceReading():
            place = None if reading.place is None else write_place(reading.place)
            return _joined(reading.address, place)
        case IdReading():
            return f"/p/{reading.parcel_id}"
        case GridReading():
            place = None if reading.place is None else write_place(reading.place)
            return _joined(_grid(reading), place)
        case _:
            return told(reading, "vi")


def told(reading: Reading, language: str, *, place: str | None = None) -> str:
    """Give how the text was understood. `place` names the commune that was found for it.

    Words that were typed are never repeated: what names no known commune may name a person.
    """
    words = _words(language)
    match reading:
        case ParcelReading():
            extent = None if reading.parcel_nos else words["whole"]
            sheet = None if reading.sheet_no else words["any"]
            address = words["address"] if reading.address else None
            return _joined(_numbers(reading, language), extent, sheet, address, place)
        case PlaceReading():
            return _joined(words["address"] if reading.address else None, place) or words["place"]
        case GridReading():
            return _joined(_mean(_grid(reading), reading.points, words["mean"]), place)
        case PointReading():
            return _mean(f"{reading.lat:.9f}, {reading.lon:.9f}", reading.points, words["mean"])
        case _:
            return _key(reading, words)


def write_place(place: Place) -> str | None:
    """Give the place as the parser reads it."""
    if place.code is not None:
        return f"mã xã {place.code}"
    name = place.name and " ".join(part for part in (place.kind, place.name) if part)
    units = (
        name and (f"{name} (cũ)" if place.is_former else name),
        place.district and f"{'quận' if place.district.isdigit() else 'huyện'} {place.district}",
        place.province and f"tỉnh {place.province}",
    )
    return _joined(*units) or None


def _numbers(reading: ParcelReading, language: str) -> str:
    words = _words(language)
    parcels = "; ".join(f"{number} (pcl)" if number in reading.parts else number for number in reading.parcel_nos)
    parts = [
        reading.sheet_no and _labelled(words["sheet"], words["old"], reading.sheet_no, reading.is_old, language),
        parcels and _labelled(
            words["parcel"], words["old"], parcels, reading.is_old and reading.sheet_no is None, language
        ),
    ]  # fmt: skip
    return _joined(*parts)


def _labelled(label: str, old: str, number: str, is_old: bool, language: str) -> str:  # noqa: FBT001 - a fact, not a switch
    if not is_old:
        return f"{label} {number}"
    return f"{label} {old} {number}" if language == "vi" else f"{old} {label} {number}"


def _grid(reading: GridReading) -> str:
    zone = ""
    if reading.srid is not None:
        degrees = ZONES[reading.srid].central_meridian
        zone = f", KTT {int(degrees)}°{round(degrees % 1 * 60):02d}′"
    return f"VN-2000 X {reading.northing_m:.4f}; Y {reading.easting_m:.4f}{zone}"


def _mean(text: str, points: int, mean: str) -> str:
    return text if points == 1 else f"{text} ({mean.format(n=points)})"


def _key(reading: CertificateReading | RegistryReading | BarcodeReading | CodeReading | IdReading, words: Words) -> str:
    """Give the phrase of a key, which names the key unless it comes from a link."""
    return words[type(reading).__name__].format(key=next(iter(asdict(reading).values())))


def _words(language: str) -> Words:
    words: Words = vocabulary()["told"][language]
    return words


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
