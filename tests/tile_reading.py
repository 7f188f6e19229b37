"""Mapbox Vector Tiles read back: layers of features with id, properties and rings in tile units."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a tile; `parts` are lists of (x, y) in tile units, y down the screen."""

    id: int | None
    properties: dict[str, Any]
    parts: list[list[tuple[int, int]]]


@dataclass(slots=True)
class _Layer:
    name: str = ""
    extent: int = 4096
    keys: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)


def read_tile(body: bytes) -> dict[str, list[Feature]]:
    """Give the features of a tile by layer; layers of one name are one."""
    layers: dict[str, list[Feature]] = {}
    for number, value in _fields(body):
        assert number == 3
        layer = _layer(value)
        layers.setdefault(layer.name, []).extend(_feature(layer, raw) for raw in layer.raw)
    return layers


def _layer(body: bytes) -> _Layer:
    layer = _Layer()
    for number, value in _fields(body):
        match number:
            case 1:
                layer.name = value.decode()
            case 2:
                layer.raw.append(value)
            case 3:
                layer.keys.append(value.decode())
            case 4:
                ((kind, content),) = _fields(value)
                layer.values.append(content.decode() if kind == 1 else content)
            case 5:
                layer.extent = value
    return layer


def _feature(layer: _Layer, body: bytes) -> Feature:
    found = dict(_fields(body))
    tags = _numbers(found.get(2, b""))
    pairs = {layer.keys[key]: layer.values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(found.get(1), pairs, _parts(_numbers(found.get(4, b""))))


def _parts(commands: list[int]) -> list[list[tuple[int, int]]]:
    parts: list[list[tuple[int, int]]] = []
    x = y = place = 0
    while place < len(commands):
        kind, count = commands[place] & 7, commands[place] >> 3
        place += 1
        for _ in range(count if kind != 7 else 0):
            x, y = x + _signed(commands[place]), y + _signed(commands[place + 1])
            place += 2
            if kind == 1:
                parts.append([])
            parts[-1].append((x, y))
    return parts


def _signed(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


def _numbers(body: bytes) -> list[int]:
    numbers, place = [], 0
    while place < len(body):
        number, place = _varint(body, place)
        numbers.append(number)
    return numbers


def _fields(body: bytes) -> list[tuple[int, Any]]:
    fields, place = [], 0
    while place < len(body):
        key, place = _varint(body, place)
        if key & 7 == 0:
            value: Any
            value, place = _varint(body, place)
        elif key & 7 == 2:
            length, place = _varint(body, place)
            value, place = body[place : place + length], place + length
        else:
            length = 8 if key & 7 == 1 else 4
            value, place = body[place : place + length], place + length
        fields.append((key >> 3, value))
    return fields


def _varint(body: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = body[place]
        number |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return number, place
