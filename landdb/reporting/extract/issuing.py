"""Extracts issued and checked: the register's answer about one parcel becomes a paper that proves itself."""

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final, Literal

import psycopg
import shapely

from landdb.domain.box import box_4326
from landdb.domain.dates import VIETNAM, today
from landdb.errors import InvalidValue, NotFound
from landdb.reporting.extract.facts import Heading, Told, canonical, gather
from landdb.reporting.extract.outline import Outline, outline_of
from landdb.reporting.extract.paper import print_paper, read_signed
from landdb.reporting.extract.seal import Seal, is_signed_by
from landdb.reporting.extract.sketch import Ground, Neighbour, draw, window_of
from landdb.store import extracts as store
from landdb.store.extracts import Moment
from landdb.store.register_subjects import list_tags
from landdb.validators.rule import Language

#: Without I, L, O and U: read aloud and typed from paper without a doubt (Crockford's base 32).
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH: Final = 12
_MISREAD: Final = str.maketrans("ILO", "110")
_MOST_AROUND: Final = 400

Standing = Literal["GENUINE", "UNKNOWN", "ALTERED", "FOREIGN"]


@dataclass(frozen=True, slots=True)
class Extract:
    """An extract just issued: its code and the PDF."""

    code: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check says of an extract. `has_changed`: what is registered at the parcel differs from then."""

    standing: Standing
    code: str | None = None
    issued_at: dt.datetime | None = None
    valid_at: dt.date | None = None
    parcel_id: int | None = None
    has_changed: bool | None = None
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an extract is wanted: language, dates, for which role, and where its code can be checked."""

    language: Language
    moment: Moment
    role: str
    service_url: str
    sees_restrictions: bool


def moment_of(valid_at: dt.date | None, known_at: dt.datetime | None) -> Moment:
    """Give the dates of an extract; without any, today."""
    return Moment(valid_at or today(), known_at)


def issue_extract(conn: psycopg.Connection, parcel: Mapping[str, Any], wanted: Wanted, *, seal: Seal) -> Extract:
    """Give the extract of `parcel` (an answer of `lookups.get_parcel` with native coordinates), and note it.

    In the caller's transaction: an extract whose record is not committed must not leave.
    """
    code, now = _new_code(), dt.datetime.now(VIETNAM).replace(microsecond=0)
    facts = gather(
        parcel,
        Told(
            province=store.province_name(conn, parcel["commune"]["code"], wanted.moment.valid_at),
            restrictions=(
                store.restrictions(conn, parcel["parcel_id"], wanted.moment) if wanted.sees_restrictions else []
            ),
            outline=_outline(parcel),
            sketch_svg=draw_sketch(conn, parcel, wanted.moment),
        ),
        Heading(
            code=code,
            issued_at=now,
            language=wanted.language,
            valid_at=wanted.moment.valid_at,
            known_at=wanted.moment.known_at,
            check_url=f"{wanted.service_url.rstrip('/')}/app/check?code={code}",
            program=version("landdb"),
        ),
    )
    pdf = print_paper(seal.sign(facts))
    tags = list_tags(conn, [parcel["parcel_id"]])
    store.note_issued(
        conn,
        store.Issued(
            extract_code=code,
            parcel_id=parcel["parcel_id"],
            state_tag=tags[parcel["parcel_id"]][0] if tags else None,
            language=wanted.language,
            valid_at=wanted.moment.valid_at,
            known_at=wanted.moment.known_at,
            content_hash=sha256(canonical(facts)).digest(),
            key_id=seal.key_id,
            issued_for_role=wanted.role,
            issued_at=now,
        ),
    )
    return Extract(code, pdf)


def draw_sketch(conn: psycopg.Connection, parcel: Mapping[str, Any], moment: Moment) -> str | None:
    """Give the SVG of the parcel among its neighbours, None when its boundary cannot be used."""
    outline, native = _outline(parcel), parcel["geometry_native"]
    if outline is None:
        return None
    shape = shapely.from_geojson(json.dumps(native["geometry"]))
    srid = native["srid"]
    box = box_4326(window_of(shape), srid)
    around = store.parcels_around(conn, parcel["parcel_id"], box, srid=srid, moment=moment, limit=_MOST_AROUND)
    objects = store.objects_around(conn, box, srid=srid, moment=moment, limit=_MOST_AROUND)
    area = parcel["areas"]["legal_area_m2"] or parcel["areas"]["computed_area_m2"]
    on_map = parcel["land_use_on_map"]
    ground = Ground(
        sheet_no=parcel["sheet"]["sheet_no"],
        parcel_no=parcel["parcel_no"],
        land_use=on_map["label"] if on_map else None,
        area=None if area is None else f"{area:.1f} m²",
        shape=shape,
        outline=outline,
        neighbours=[
            Neighbour(row["sheet_no"], row["parcel_no"], row["land_use"], shapely.from_wkb(row["geom"]))
            for row in around
            if row["geom"] is not None
        ],
        objects=[(row["object_kind"], row["object_name"], shapely.from_wkb(row["geom"])) for row in objects],
    )
    return str(draw(ground))


def check_code(conn: psycopg.Connection, code: str) -> Checked:
    """Give what is known of an extract by its code; raises NotFound for a code that was never given."""
    issued = store.find_issued(conn, read_code(code))
    if issued is None:
        raise NotFound("no extract has this code", remedy="compare it with the paper; a code has twelve signs")
    tags = list_tags(conn, [issued.parcel_id])
    present = tags[issued.parcel_id][0] if tags else None
    return Checked(
        "GENUINE",
        code=issued.extract_code,
        issued_at=issued.issued_at,
        valid_at=issued.valid_at,
        parcel_id=issued.parcel_id,
        has_changed=present != issued.state_tag,
    )


def check_file(pdf: bytes, public_key: bytes) -> Checked:
    """Give whether a PDF is an extract that this key signed and that nobody altered since; needs no database.

    FOREIGN: signed by another key. ALTERED: the facts or the paper differ from what was signed.
    """
    signed = read_signed(pdf)
    facts = signed["facts"]
    code = facts.get("code") if isinstance(facts.get("code"), str) else None
    if signed.get("key_id") != sha256(public_key).hexdigest()[:16]:
        return Checked("FOREIGN", code=code)
    if not is_signed_by(signed, public_key) or print_paper(signed) != pdf:
        return Checked("ALTERED", code=code)
    return Checked(
        "GENUINE",
        code=code,
        issued_at=dt.datetime.fromisoformat(facts["issued_at"]),
        valid_at=dt.date.fromisoformat(facts["valid_at"]),
        parcel_id=facts["parcel_id"],
        facts=facts,
    )


def read_code(text: str) -> str:
    """Give a code as it is kept, from what a person typed; raises InvalidValue when it is none."""
    told = text.upper().translate(_MISREAD).replace("-", "").replace(" ", "")
    if len(told) != _CODE_LENGTH or not set(told) <= set(_ALPHABET):
        raise InvalidValue("code", "NO_EXTRACT_CODE", remedy="twelve letters and digits, such as K7QF-2M9X-P4TD")
    return _grouped(told)


def _new_code() -> str:
    """Give a code with 60 random bits: nobody finds an extract by trying."""
    return _grouped("".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)))


def _grouped(told: str) -> str:
    return "-".join(told[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def _outline(parcel: Mapping[str, Any]) -> Outline | None:
    native = parcel["geometry_native"]
    return None if native is None else outline_of(native["geometry"])
