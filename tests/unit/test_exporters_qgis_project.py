"""The project for QGIS: connected, grouped, named in the reader's language; QGIS itself reads it in the benchmarks."""

import re
import zipfile
from xml.etree import ElementTree as ET

import pytest

from landdb.cartography.qgis import write_qgis_project
from landdb.domain.tile_layers import LAYERS
from landdb.store.features.collection import collections

BASE = "https://land.example.vn"
HANOI = (105.7, 20.9, 106.0, 21.1)


@pytest.fixture(params=["vi", "en"])
def project(tmp_path, request):
    path = tmp_path / "map.qgz"
    write_qgis_project(path, BASE, request.param, HANOI)
    with zipfile.ZipFile(path) as packed:
        return request.param, ET.fromstring(packed.read("map.qgs"))  # noqa: S314 - our own


def test_every_layer_is_connected_to_the_api_and_stands_in_a_group(project) -> None:
    _, root = project
    layers = {layer.findtext("id"): layer for layer in root.iter("maplayer")}
    in_tree = {entry.get("id") for entry in root.iter("layer-tree-layer")}
    assert in_tree == set(layers) == {entry.get("id") for entry in root.find("layerorder")}
    assert all(len(name) > 16 for name in layers), "QGIS gives others a new identity, and the tree loses them"
    for layer in layers.values():
        source = layer.findtext("datasource")
        assert BASE in source
        assert (layer.get("type") == "vector-tile") or f"url='{BASE}' version='OGC_API_FEATURES'" in source


def test_fields_bear_the_names_of_the_collections(project) -> None:
    language, root = project
    for layer in root.iter("maplayer"):
        if layer.get("type") != "vector":
            continue
        collection = collections()[re.search(r"typename='([\w-]+)'", layer.findtext("datasource"))[1]]
        told = {alias.get("field"): alias.get("name") for alias in layer.iter("alias")}
        assert told == {one.name: getattr(one, language) for one in collection.returned}
        assert layer.findtext("layername") == collection.title[language]


def test_codes_are_shown_by_what_they_mean(project) -> None:
    language, root = project
    (parcels,) = (layer for layer in root.iter("maplayer") if layer.findtext("id").endswith("_parcels"))
    (use,) = (one for one in parcels.iter("field") if one.get("name") == "land_use_label")
    meanings = {option.get("value"): option.get("name") for option in use.iter("Option") if option.get("value")}
    assert meanings["LUC"] == {"vi": "LUC – Đất chuyên trồng lúa", "en": "LUC – rice only"}[language]


def test_styles_of_the_tiles_are_about_layers_and_fields_that_tiles_have(project) -> None:
    _, root = project
    fields = {name: {field for layer in LAYERS if layer.name == name for field in layer.fields} for name in
              {layer.name for layer in LAYERS}}  # fmt: skip
    styles = list(root.iter("style"))
    assert styles
    for style in styles:
        assert set(re.findall(r'"(\w+)"', style.get("expression"))) <= fields[style.get("layer")]


def test_farther_out_no_parcel_is_asked_for(project) -> None:
    _, root = project
    (parcels,) = (layer for layer in root.iter("maplayer") if layer.findtext("id").endswith("_parcels"))
    assert parcels.get("hasScaleBasedVisibilityFlag") == "1"
    assert parcels.get("minScale") == "10000"


def test_without_zip_the_project_is_plain_xml(tmp_path) -> None:
    path = tmp_path / "map.qgs"
    write_qgis_project(path, BASE, "vi", HANOI)
    assert ET.parse(path).getroot().tag == "qgis"  # noqa: S314 - our own
