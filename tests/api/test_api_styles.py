"""The map's style: over our own tiles only, and about nothing that they do not hold."""

import json
import re

import pytest

from landdb.cartography.style import palette
from landdb.codelists import load
from landdb.codelists.land_use import colour_groups
from landdb.domain.tile_layers import LAYERS

pytestmark = [pytest.mark.db, pytest.mark.anyio]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_style_is_complete_and_asks_nobody_else(client, lang, theme) -> None:
    told = (await client.get("/styles/landdb", params={"lang": lang, "theme": theme})).json()
    assert told["version"] == 8
    assert not {"glyphs", "sprite"} & set(told)
    addresses = re.findall(r"https?://[^\"]+", json.dumps(told))
    assert addresses
    assert all(address.startswith("http://landdb/") for address in addresses)
    ids = [layer["id"] for layer in told["layers"]]
    assert len(ids) == len(set(ids))
    for layer in told["layers"][1:]:
        assert layer["source"] in told["sources"]
        fields = {name for drawn in LAYERS if drawn.name == layer["source-layer"] for name in drawn.fields}
        assert fields, layer["source-layer"]
        assert set(re.findall(r'\["get", "(\w+)"\]', json.dumps(layer))) <= fields


async def test_vietnamese_is_what_the_map_speaks_unasked(client) -> None:
    unasked = (await client.get("/styles/landdb")).json()
    assert unasked["metadata"]["landdb:language"] == "vi"
    assert "Tờ " in json.dumps(unasked, ensure_ascii=False)
    english = (await client.get("/styles/landdb", params={"lang": "en"})).json()
    assert "Sheet " in json.dumps(english, ensure_ascii=False)
    assert (await client.get("/styles/landdb", params={"theme": "sepia"})).status_code == 400


async def test_the_legend_names_every_total_that_has_a_colour(client) -> None:
    legend = (await client.get("/styles/landdb")).json()["metadata"]["landdb:legend"]
    named = {entry["code"]: entry["label"] for entry in legend if entry["kind"] == "land_use"}
    assert named["LUA"] == "Đất trồng lúa"
    assert named["OTC"] == "Đất ở"
    assert {entry["code"] for entry in legend if entry["kind"] == "finding"} == {"error", "warning", "info"}
    assert set(named) - {""} <= set(colour_groups().values())


def test_every_present_land_use_has_a_colour_of_its_own_or_of_its_total() -> None:
    colours, totals = palette()["land_use"], colour_groups()
    present = [row["code"] for row in load("land_use") if row["scheme"] == "TT08-2024"]
    assert [code for code in present if code not in colours and totals[code] not in colours] == []
