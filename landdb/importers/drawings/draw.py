"""Drawings (DXF, DGN V7) → features: polygons from lines, their numbers from the text that stands inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import shapely

from landdb.errors import ImportRefused
from landdb.importers.drawings.drawing import Drawing, read_entities
from landdb.importers.drawings.drawing_layers import LayerRole, roles_of
from landdb.importers.drawings.faces import containing, is_part, outlines, polygons
from landdb.importers.drawings.labels import ParcelLabel, parse_label, read_frame
from landdb.importers.maps import crs_detection, values
from landdb.importers.maps.rows import feature_batch
from landdb.importers.rejects import Reject
from landdb.importers.tables.table_rejects import (
    NO_NUMBER_IN_POLYGON,
    NO_POLYGON_AROUND_NUMBER,
    SEVERAL_NUMBERS_IN_POLYGON,
)

if TYPE_CHECKING:
    from landdb.importers import ImportJob

_TEXT_ROLES: Final = frozenset({"parcel_no", "label_point", "area", "land_use", "legal_land_use", "name"})
_NUMBER_ROLES: Final = frozenset({"parcel_no", "label_point"})
#: A drawing is one sheet or a few, and is put together in memory, not streamed.
_MAX_VERTICES: Final = 5_000_000


@dataclass(slots=True)
class _Feature:
    """One polygon, or one number without polygon, and all that was found in it."""

    noun: str
    geometry: shapely.Geometry
    layer: str | None  # None: several lines enclose it
    object_kind: str | None = None
    numbers: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    land_uses: list[str] = field(default_factory=list)
    legal_land_uses: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    reject: Reject | None = None


def read_drawing(
    path: Path, job: ImportJob, fmt: str, *, name: str | None = None, note: Callable[[str], None] = lambda _: None
) -> Iterator[pa.RecordBatch]:
    """Give the parcels and land objects of a drawing; numbers and polygons that found no partner are rejected.

    `name` is that of the delivered file, when `path` is a copy; `note` is told how the coordinates were understood.
    """
    drawing = read_entities(path, fmt.upper(), max_vertices=min(job.max_vertices, _MAX_VERTICES))
    roles = roles_of(drawing.layers, job.columns)
    boundary_xy = shapely.get_coordinates(drawing.geometries[_boundaries(drawing, roles)])
    if len(boundary_xy) == 0:
        raise _no_layer("NO_BOUNDARIES", "boundaries of parcels", "boundary", drawing)
    features = _features(drawing, roles)
    if not any(feature.numbers for feature in features):
        raise _no_layer("NO_PARCEL_NUMBERS", "parcel numbers as text", "parcel_no", drawing)
    place = _place(drawing, job)
    source = crs_detection.resolve(declared=None, sample_xy=boundary_xy, job=job)
    layer = name or path.stem
    note(f"Drawing {layer}: EPSG:{source.source_srid}, {source.how.lower()}, axes {source.axes}.")
    if source.note:
        note(source.note)
    return _batches(features, place, source, job, layer)


def _boundaries(drawing: Drawing, roles: Mapping[str, LayerRole]) -> np.ndarray:
    return drawing.of(roles, frozenset({"parcel_boundary", "legal_parcel_boundary"}))


def _features(drawing: Drawing, roles: Mapping[str, LayerRole]) -> list[_Feature]:
    own = _boundaries(drawing, roles)
    objects = drawing.of(roles, frozenset({"land_object"}))
    drawn_objects = outlines(drawing.geometries[objects], objects)
    bounding = [at for at in objects if roles[drawing.layers[at]].is_boundary]
    edges = outlines(drawing.geometries[bounding], np.array(bounding, dtype=int))
    other = np.concatenate([edges.open, shapely.boundary(edges.closed)])
    areas, entities = polygons(outlines(drawing.geometries[own], own), other)
    parcels = [
        _Feature("parcel", area, drawing.layers[at] if at >= 0 else None)
        for area, at in zip(areas, entities, strict=True)
    ]
    occupied = [
        _Feature("land_object", area, drawing.layers[at], roles[drawing.layers[at]].object_kind)
        for area, at in zip(drawn_objects.closed, drawn_objects.source, strict=True)
    ]
    orphans = _write_texts(drawing, roles, parcels, areas)
    _name_objects(drawing, roles, occupied, drawn_objects.closed)
    parcels = _without_object_faces(parcels, areas, drawn_objects.closed)
    for parcel in parcels:
        _judge(parcel)
    return [*parcels, *occupied, *orphans]


def _without_object_faces(parcels: Sequence[_Feature], areas: np.ndarray, objects: np.ndarray) -> list[_Feature]:
    """Give the parcels without the nameless faces of land objects that are drawn as closed lines: those come anyway."""
    home = containing(objects, shapely.point_on_surface(areas))
    return [
        parcel
        for parcel, area, at in zip(parcels, areas, home, strict=True)
        if parcel.layer is not None or parcel.numbers or at < 0 or not is_part(area, objects[at])
    ]


def _write_texts(
    drawing: Drawing, roles: Mapping[str, LayerRole], parcels: Sequence[_Feature], areas: np.ndarray
) -> list[_Feature]:
    """Write each text into the smallest parcel it stands in; numbers that stand in none come back."""
    texts = _label_positions(drawing, roles)
    home = containing(areas, drawing.geometries[texts])
    orphans = []
    for at, parcel in zip(texts, home, strict=True):
        layer, text = drawing.layers[at], drawing.texts[at]
        label, role = parse_label(text), roles[layer].role
        if parcel >= 0:
            _write_text(parcels[parcel], role, text, label)
        elif label.number is not None and role not in ("area", "land_use", "legal_land_use", "name"):
            lost = _Feature("parcel", drawing.geometries[at], layer, numbers=[label.number])
            lost.reject = NO_POLYGON_AROUND_NUMBER
            orphans.append(lost)
    return orphans


def _label_positions(drawing: Drawing, roles: Mapping[str, LayerRole]) -> np.ndarray:
    """Give the text on label layers; where none of them has a number, text on layers nobody named is tried."""
    has_text = np.array([text is not None for text in drawing.texts], dtype=bool)
    labels: np.ndarray = drawing.of(roles, _TEXT_ROLES)
    labels = labels[has_text[labels]]
    if any(roles[drawing.layers[at]].role in _NUMBER_ROLES and parse_label(drawing.texts[at]).number for at in labels):
        return labels
    unknown = drawing.of(roles, frozenset({"unknown", "parcel_boundary"}))
    tried: np.ndarray = np.concatenate([labels, unknown[has_text[unknown]]])
    return tried


def _write_text(parcel: _Feature, role: str, text: str, label: ParcelLabel) -> None:
    match role:
        case "area":
            parcel.areas.append(text)
        case "land_use":
            parcel.land_uses.append(text)
        case "legal_land_use":
            parcel.legal_land_uses.append(text)
        case "name":
            parcel.names.append(text)
        case _:
            parcel.numbers += [label.number] if label.number else []
            parcel.areas += [label.area] if label.area else []
            parcel.land_uses += [label.land_use] if label.land_use else []


def _name_objects(
    drawing: Drawing, roles: Mapping[str, LayerRole], objects: Sequence[_Feature], areas: np.ndarray
) -> None:
    names = drawing.of(roles, frozenset({"name"}))
    names = np.array([at for at in names if drawing.texts[at]], dtype=int)
    for at, position in zip(names, containing(areas, drawing.geometries[names]), strict=True):
        if position >= 0:
            objects[position].names.append(drawing.texts[at])


def _judge(parcel: _Feature) -> None:
    """Reject a polygon with no number or several, unless its land type says that it is a road or water."""
    numbers = list(dict.fromkeys(parcel.numbers))
    parcel.numbers = numbers
    if len(numbers) > 1:
        parcel.reject = SEVERAL_NUMBERS_IN_POLYGON
    elif not numbers:
        kind = next((values.object_kind(text) for text in (*parcel.land_uses, *parcel.legal_land_uses)), "other")
        if kind == "other":
            parcel.reject = NO_NUMBER_IN_POLYGON
        else:
            parcel.noun, parcel.object_kind = "land_object", kind


@dataclass(frozen=True, slots=True)
class _Place:
    commune_code: str
    sheet_no: str
    scale: int | None


def _place(drawing: Drawing, job: ImportJob) -> _Place:
    """Give commune, sheet and scale: as the caller says, else as the frame says if it says one thing only."""
    frame = read_frame(drawing.texts)
    sheet = job.sheet_no or _only(frame.sheets, "sheet", "--sheet 12")
    commune = job.commune_code or _only(frame.communes, "commune", "--commune 07954")
    return _Place(commune, sheet, next(iter(frame.scales)) if len(frame.scales) == 1 else None)


def _only(found: frozenset[str], noun: str, option: str) -> str:
    if len(found) == 1:
        return next(iter(found))
    says = f"names several: {', '.join(sorted(found))}" if found else "does not name it"
    raise ImportRefused(
        f"{noun.upper()}_UNKNOWN",
        f"A drawing belongs to one {noun}, and the text of this one {says}.",
        remedy=f"Give it, for instance {option}.",
    )


def _no_layer(code: str, what: str, role: str, drawing: Drawing) -> ImportRefused:
    return ImportRefused(
        code,
        f"No layer of the drawing is known to hold {what}. Layers found: {', '.join(sorted(set(drawing.layers)))}.",
        remedy=f"Name the layer, for instance --column {role}=LAYER.",
    )


def _batches(
    features: Sequence[_Feature], place: _Place, source: crs_detection.ResolvedCrs, job: ImportJob, layer: str
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(features), job.batch_rows):
        chunk = features[start : start + job.batch_rows]
        count = len(chunk)
        attributes: dict[str, Any] = {
            "commune_code": [place.commune_code] * count,
            "sheet_no": [place.sheet_no] * count,
            "scale_denominator": pa.array([place.scale] * count, pa.int32()),
            "parcel_no": pa.array([_number(feature) for feature in chunk], pa.utf8()),
            "registered_area_m2": pa.array([_first(feature.areas) for feature in chunk], pa.utf8()),
            "land_use": pa.array([_first(feature.land_uses + feature.legal_land_uses) for feature in chunk], pa.utf8()),
            "object_kind": pa.array([feature.object_kind for feature in chunk], pa.utf8()),
            "object_name": pa.array([_object_name(feature) for feature in chunk], pa.utf8()),
        }
        yield feature_batch(
            layer=layer,
            noun=[feature.noun for feature in chunk],
            attributes=attributes,
            geometries=np.array([feature.geometry for feature in chunk], dtype=object),
            row_no=start + 1,
            source=source,
            job=job,
            delivered=_delivered(chunk),
            encoding="UNICODE",
            rejects={at: feature.reject for at, feature in enumerate(chunk) if feature.reject is not None},
        )


def _number(feature: _Feature) -> str | None:
    return feature.numbers[0] if len(feature.numbers) == 1 and feature.noun == "parcel" else None


def _object_name(feature: _Feature) -> str | None:
    return _first(feature.names) if feature.noun == "land_object" else None


def _first(texts: Sequence[str]) -> str | None:
    return texts[0] if texts else None


def _delivered(chunk: Sequence[_Feature]) -> dict[str, pa.Array[Any]]:
    """Give what a clerk needs to find a rejected polygon in the drawing."""
    return {
        "layer": pa.array([feature.layer for feature in chunk], pa.utf8()),
        "numbers": pa.array([", ".join(feature.numbers) or None for feature in chunk], pa.utf8()),
        "areas": pa.array([", ".join(feature.areas) or None for feature in chunk], pa.utf8()),
        "land_uses": pa.array([", ".join(feature.land_uses) or None for feature in chunk], pa.utf8()),
        "geometry": pa.array([shapely.to_wkt(feature.geometry, rounding_precision=3) for feature in chunk], pa.utf8()),
    }
