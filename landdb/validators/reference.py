"""What statements compare with beside their limits: tables of the law and code lists, as records."""

from functools import cache
from typing import Any, Final

from landdb import codelists
from landdb.domain.area_limits import DEFAULT_SCALE, area_limit_m2
from landdb.domain.crs import zones_of_province
from landdb.domain.dates import today

#: Scales and areas at which the legal table of area limits bends.
_SCALES: Final = (200, 500, 1000, 2000, 5000, 10000)
_BENDS_M2: Final = (0.0, 30.0, 40.0, 50.0, 100.0, 300.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0)

#: The last band has no end; a number, because JSON knows no infinity.
_NO_END_M2: Final = 1e300

#: Text left in an old font, as PostgreSQL's pattern: signs that TCVN3 used as letters beside a letter, letters that
#: Vietnamese does not have, and vowels before their own mark, as VNI writes them.
UNDECODED: Final = (
    # an opening quotation mark stands before a letter, a closing one after it: there they prove nothing
    r"[A-Za-z][\u00a1-\u00af\u00b1\u00b4-\u00b9\u00bc-\u00be]"
    r"|[\u00a1-\u00aa\u00ac-\u00af\u00b1\u00b4-\u00b6\u00b8\u00b9\u00bb-\u00be][A-Za-z]"
    r"|[\u00c4-\u00c7\u00cb\u00ce-\u00d1\u00d6-\u00d8\u00db\u00dc\u00de\u00df"
    r"\u00e4-\u00e7\u00eb\u00ee-\u00f1\u00f6-\u00f8\u00fb\u00fc\u00fe\u00ff]"
    r"|[aeoAEO][\u00d9\u00c2\u00ca\u00d4\u00f9\u00e2\u00ea\u00f4]"
)


def shared_values() -> dict[str, Any]:
    """Give the parameters that every statement may name; lists of records are tuples."""
    return {
        "area_limits": area_limit_bands(),
        "province_zones": province_zones(),
        "serial_periods": serial_periods(),
        "ended_uses": ended_uses(),
        "undecoded": UNDECODED,
        "default_scale": DEFAULT_SCALE,
        "today": today(),
    }


@cache
def area_limit_bands() -> tuple[dict[str, float], ...]:
    """Give the legal area limits as straight bands, so that statements judge by the table of `area_limits`."""
    bands = []
    for scale in _SCALES:
        for start, end in zip(_BENDS_M2, (*_BENDS_M2[1:], 2 * _BENDS_M2[-1]), strict=True):
            low, high = area_limit_m2(start, scale), area_limit_m2(end, scale)
            slope = (high - low) / (end - start)
            bands.append({"scale": scale, "from_m2": start, "to_m2": end, "limit_m2": low, "slope": slope})
        bands[-1]["to_m2"] = _NO_END_M2
    return tuple(bands)


@cache
def province_zones() -> tuple[dict[str, Any], ...]:
    """Give each zone that a present province or one of its parts draws its maps in."""
    codes = sorted({row["province_code"] for row in codelists.load("provinces")})
    return tuple({"province_code": code, "srid": srid} for code in codes for srid in zones_of_province(code))


@cache
def serial_periods() -> tuple[dict[str, Any], ...]:
    """Give each form of certificate serial with the years in which it was issued, the narrowest form first."""
    return tuple(
        {
            "ordinal": ordinal,
            "pattern": row["pattern"],
            "valid_from": row["valid_from"] or None,
            "valid_to": row["valid_to"] or None,
        }
        for ordinal, row in enumerate(codelists.load("certificate_serial"))
    )


@cache
def ended_uses() -> tuple[dict[str, str], ...]:
    """Give each land-use code of an earlier list with the day its list ended."""
    return tuple(
        {"code": row["code"], "valid_to": row["valid_to"]} for row in codelists.load("land_use") if row["valid_to"]
    )
