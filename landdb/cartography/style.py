"""The MapLibre style of the register: paper, land uses, lines, numbers, faults; nothing is fetched from elsewhere.

There are no glyphs and no sprite: MapLibre 6 draws text with the fonts of the machine. Parcels carry their identity
as feature id, so a page marks one by the feature states `hover` and `selected` of the source `landdb`.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from landdb.codelists.land_use import colour_groups, label_of
from landdb.domain.tile_layers import DUST, NUMBERS, zooms_of

Language = Literal["vi", "en"]
Theme = Literal["light", "dark"]
Layer = dict[str, Any]

#: The source that has all but the findings, and theirs: a check outdates those tiles only.
GROUND, FINDINGS = "landdb", "landdb-findings"
#: Tiles of this zoom are drawn larger when one comes closer: 4 cm are one unit of theirs.
_DEEPEST = 18


def style(base: str, language: Language, theme: Theme, bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    """Give the style for tiles under `base` (address without a slash at its end), first looking at `bounds`."""
    west, south, east, north = bounds
    ground = f"{base}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?collections=communes,parcels,sheets,land-objects"
    faults = f"{base}/collections/findings/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    vector = {"type": "vector", "scheme": "xyz", "maxzoom": _DEEPEST, "bounds": list(bounds)}
    painter = Painter(language, theme)
    return {
        "version": 8,
        "name": f"landdb {language} {theme}",
        "metadata": {"landdb:legend": painter.legend(), "landdb:language": language, "landdb:theme": theme},
        "center": [(west + east) / 2, (south + north) / 2],
        "zoom": 12,
        "sources": {
            GROUND: {**vector, "minzoom": 0, "tiles": [ground]},
            FINDINGS: {**vector, "minzoom": zooms_of("findings")[0], "tiles": [faults]},
        },
        "layers": painter.layers(),
    }


class Painter:
    """Paints the layers in one language and one theme."""

    def __init__(self, language: Language, theme: Theme) -> None:
        book = palette()
        self._book = book
        self._language = language
        self._theme = theme
        self._ink: dict[str, Any] = book[theme]

    def layers(self) -> list[Layer]:
        """Give the layers, the lowest first."""
        ink = self._ink
        return [
            {"id": "paper", "type": "background", "paint": {"background-color": ink["paper"]}},
            *self._ground(),
            *self._objects(),
            *self._lines(),
            *self._states(),
            *self._faults(),
            *self._words(),
        ]

    def legend(self) -> list[dict[str, str]]:
        """Give what the colours mean, the land uses as totals and the severities."""
        colours: dict[str, str] = self._book["land_use"]
        totals = sorted(set(colour_groups().values()) & set(colours), key=list(colours).index)
        uses = [{"kind": "land_use", "code": code, "label": label_of(code, self._language), "colour": colours[code]}
                for code in totals]  # fmt: skip
        unknown = {
            "kind": "land_use",
            "code": "",
            "label": self._say("unknown_use"),
            "colour": self._ink["unknown_use"],
        }
        faults = [
            {
                "kind": "finding",
                "code": code,
                "label": self._say(code),
                "colour": look[self._theme],
                "sign": look["sign"],
            }
            for code, look in self._book["findings"].items()
        ]
        return [*uses, unknown, *faults]

    def _say(self, key: str) -> Any:
        return self._book["titles"][key][self._language]

    def _by_use(self) -> list[Any]:
        """Give the colour of a land-use code; one that is not listed takes its total's."""
        listed: dict[str, str] = self._book["land_use"]
        colours = {code: listed.get(code) or listed.get(total) for code, total in colour_groups().items()}
        pairs = [item for code, colour in sorted(colours.items()) if colour for item in (code, colour)]
        return ["match", ["get", "use"], *pairs, self._ink["unknown_use"]]

    def _ground(self) -> list[Layer]:
        ink = self._ink
        return [
            _layer("communes-fill", "fill", "communes", {"fill-color": ink["commune_fill"], "fill-antialias": False}),
            _layer(
                "ground-by-use", "fill", "parcels",
                {"fill-color": self._by_use(), "fill-opacity": ink["cover_tint"], "fill-antialias": False},
                maxzoom=DUST,
            ),
            _layer(
                "parcels-fill", "fill", "parcels",
                {"fill-color": self._by_use(), "fill-opacity": ink["tint"], "fill-antialias": False},
                minzoom=DUST,
            ),
        ]  # fmt: skip

    def _objects(self) -> list[Layer]:
        ink, kinds = self._ink, self._book["objects"]
        return [
            layer
            for kind in ("earth", "water", "road")
            for layer in (
                _layer(
                    f"land-objects-{kind}", "fill", "land-objects", {"fill-color": ink[kind]},
                    filter=["in", ["get", "kind"], ["literal", kinds[kind]]],
                ),
                _layer(
                    f"land-objects-{kind}-line", "line", "land-objects",
                    {"line-color": ink.get(f"{kind}_line", ink["road_line"]), "line-width": _grow(13, 0.2, 18, 0.8)},
                    filter=["in", ["get", "kind"], ["literal", kinds[kind]]], minzoom=13,
                ),
            )
        ]  # fmt: skip

    def _lines(self) -> list[Layer]:
        ink = self._ink
        fading = ["interpolate", ["linear"], ["zoom"], 14, 0.35, 15.5, 0.75, 17, 1]
        return [
            _layer(
                "parcels-line", "line", "parcels",
                {"line-color": ink["parcel_line"], "line-width": _grow(14, 0.25, 19, 1.3), "line-opacity": fading},
                minzoom=DUST, layout={"line-join": "round"},
            ),
            _layer(
                "sheets-line", "line", "sheets",
                {"line-color": ink["sheet_line"], "line-width": _grow(12, 0.4, 18, 1.6), "line-dasharray": [5, 3],
                 "line-opacity": 0.7},
                minzoom=13,
            ),
            _layer(
                "communes-casing", "line", "communes",
                {"line-color": ink["commune_casing"], "line-width": _grow(8, 1.5, 16, 9), "line-opacity": 0.65},
                layout={"line-join": "round"},
            ),
            _layer(
                "communes-line", "line", "communes",
                {"line-color": ink["commune_line"], "line-width": _grow(8, 0.5, 16, 2), "line-dasharray": [6, 2, 1, 2]},
            ),
        ]  # fmt: skip

    def _states(self) -> list[Layer]:
        """Give the layers that show which parcel is under the pointer, and which one is chosen."""
        layers = []
        for state, opacity, width in (("hover", 0.12, 2.0), ("selected", 0.22, 3.0)):
            colour = self._ink[state]
            shown = ["case", ["boolean", ["feature-state", state], False], 1, 0]
            tinted = ["case", ["boolean", ["feature-state", state], False], opacity, 0]
            layers += [
                _layer(f"parcels-{state}-fill", "fill", "parcels", {"fill-color": colour, "fill-opacity": tinted},
                       minzoom=DUST),
                _layer(f"parcels-{state}-line", "line", "parcels",
                       {"line-color": colour, "line-width": width, "line-opacity": shown}, minzoom=DUST),
            ]  # fmt: skip
        return layers

    def _faults(self) -> list[Layer]:
        looks = self._book["findings"]
        colour = ["match", ["get", "severity"], *(item for name in ("error", "warning")
                  for item in (name, looks[name][self._theme])), looks["info"][self._theme]]  # fmt: skip
        faded = ["case", ["==", ["get", "state"], "accepted"], 0.35, 1]
        return [
            _layer("finding-shapes-fill", "fill", "finding-shapes", {"fill-color": colour, "fill-opacity": 0.35},
                   source=FINDINGS, filter=["==", ["geometry-type"], "Polygon"]),
            _layer("finding-shapes-line", "line", "finding-shapes",
                   {"line-color": colour, "line-width": 1.8, "line-opacity": faded}, source=FINDINGS,
                   filter=["!=", ["geometry-type"], "Point"]),
            _layer("findings-point", "circle", "findings",
                   {"circle-color": colour, "circle-radius": _grow(12, 2, 17, 8), "circle-opacity": faded,
                    "circle-stroke-color": self._ink["halo"], "circle-stroke-width": _grow(12, 0.5, 17, 1.5),
                    "circle-stroke-opacity": faded},
                   source=FINDINGS, layout={"circle-sort-key": _gravest_last()}),
        ]  # fmt: skip

    def _words(self) -> list[Layer]:
        ink, looks = self._ink, self._book["findings"]
        sign = ["match", ["get", "severity"], *(item for name in ("error", "warning")
                for item in (name, looks[name]["sign"])), looks["info"]["sign"]]  # fmt: skip
        number = ["concat", ["get", "sheet"], "/", ["get", "no"]]
        area = ["number-format", ["get", "area"], {"locale": self._language, "max-fraction-digits": 0}]
        use = ["coalesce", ["get", "use"], ""]
        return [
            self._label("land-objects-label", "land-objects", ["coalesce", ["get", "name"], ""], 17,
                        [16, 10, 19, 13], colour=["match", ["get", "kind"], self._book["objects"]["water"],
                                                  ink["water_ink"], ink["muted"]]),
            self._label("parcels-label", "parcel-labels",
                        ["step", ["zoom"], ["get", "no"], 18, number,
                         19, ["concat", number, "\n", use, " ", area, " m²"]],
                        NUMBERS, [17, 10, 20, 15], layout={"symbol-sort-key": ["-", ["get", "area"]]}),
            self._label("sheets-label", "sheet-labels", ["concat", self._say("sheet"), ["get", "no"]], 13,
                        [13, 11, 16, 15], colour=ink["sheet_line"], maxzoom=16.5),
            _layer("findings-sign", "symbol", "findings", {"text-color": ink["halo"]}, source=FINDINGS, minzoom=16,
                   layout={"text-field": sign, "text-size": 11, "text-allow-overlap": True,
                           "text-ignore-placement": True}),
            self._label("communes-label", "commune-labels", self._commune(), 7, [8, 10, 14, 17],
                        colour=ink["commune_line"], maxzoom=15.5,
                        layout={"symbol-sort-key": ["-", ["get", "parcels"]]}),
        ]  # fmt: skip

    def _commune(self) -> list[Any]:
        """Give a commune's name with its kind, and farther in how much it holds and how many errors stand."""
        kinds = [item for pair in self._say("kind").items() for item in pair]
        kind: Any = ["match", ["get", "kind"], *kinds, ""] if kinds else ""
        locale = {"locale": self._language}
        counts = ["concat", "\n", ["number-format", ["get", "parcels"], locale], self._say("parcel_count")]
        number = ["number-format", ["get", "errors"], locale]
        errors = ["case", [">", ["get", "errors"], 0], ["concat", " · ", number, self._say("finding_count")], ""]
        name = ["concat", kind, ["get", "name"]]
        return ["step", ["zoom"], name, 13, ["concat", name, counts, errors]]

    def _label(
        self,
        name: str,
        source_layer: str,
        text: Any,
        minzoom: float,
        sizes: list[float],
        *,
        colour: Any = None,
        **more: Any,
    ) -> Layer:
        layout = {"text-field": text, "text-size": _grow(*sizes), "text-padding": 3, "text-max-width": 9}
        layout |= more.pop("layout", {})
        paint = {
            "text-color": colour or self._ink["ink"],
            "text-halo-color": self._ink["halo"],
            "text-halo-width": 1.4,
        }
        return _layer(name, "symbol", source_layer, paint, layout=layout, minzoom=minzoom, **more)


@cache
def palette() -> dict[str, Any]:
    """Give the colours and words of the map."""
    return tomllib.loads((files("landdb.cartography") / "style.toml").read_text("utf-8"))


def _layer(
    name: str, kind: str, source_layer: str, paint: dict[str, Any], *, source: str = GROUND, **more: Any
) -> Layer:
    return {"id": name, "type": kind, "source": source, "source-layer": source_layer, "paint": paint, **more}


def _grow(from_zoom: float, small: float, to_zoom: float, large: float) -> list[Any]:
    return ["interpolate", ["exponential", 1.4], ["zoom"], from_zoom, small, to_zoom, large]


def _gravest_last() -> list[Any]:
    return ["match", ["get", "severity"], "error", 2, "warning", 1, 0]
