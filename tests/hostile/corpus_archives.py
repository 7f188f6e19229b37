"""Archives that unpack to far more than they are, or somewhere else than they should."""

import bz2
import io
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

from hostile_files import (
    Corpus,
    Place,
    honest_geojson,
    honest_layer,
    raw_zip,
    refused,
    rows,
    zeros_deflated,
    zipped,
)

FILES = Corpus()
add = FILES.add


@add(refused("ARCHIVE_BOMB"))
def zip_of_1536_mib_of_zeros(place: Place) -> Path:
    packed, crc, size = zeros_deflated(1536)
    return raw_zip(place.folder / "a.zip", [("a.geojson", packed, crc, size)])


@add(refused("ARCHIVE_BOMB", "ARCHIVE_DAMAGED"))
def zip_that_states_a_small_size(place: Place) -> Path:
    packed, crc, _ = zeros_deflated(256)
    return raw_zip(place.folder / "a.zip", [("a.geojson", packed, crc, 10)])


@add(refused("ARCHIVE_BOMB", "ARCHIVE_DAMAGED"))
def zip_whose_members_share_their_bytes(place: Place) -> Path:
    packed, crc, size = zeros_deflated(64)
    entries = [(f"{number}.geojson", packed, crc, size) for number in range(99)]
    return raw_zip(place.folder / "a.zip", entries, shared=True)


@add(refused("ARCHIVE_BOMB"))
def zip_of_many_bombs(place: Place) -> Path:
    packed, crc, size = zeros_deflated(60)
    return raw_zip(place.folder / "a.zip", [(f"{n}.geojson", packed, crc, size) for n in range(20)])


@add(refused("ARCHIVE_NESTED"))
def zip_in_a_zip(place: Place) -> Path:
    inner = zipped(place.folder / "inner.zip", {"a.geojson": b"0" * 1000})
    return zipped(place.folder / "a.zip", {"b.zip": inner.read_bytes()})


@add(refused("ARCHIVE_NESTED"))
def zip_in_a_zip_under_another_name(place: Place) -> Path:
    inner = zipped(place.folder / "inner.zip", {"a.geojson": b"0" * 1000})
    return zipped(place.folder / "a.zip", {"b.geojson": inner.read_bytes()})


@add(refused("ARCHIVE_NESTED", "ARCHIVE_DAMAGED"))
def zip_like_a_quine(place: Place) -> Path:
    """Write a member of the archive's own name and bytes, as far as bytes can hold themselves."""
    path = zipped(place.folder / "a.zip", {"a.zip": b""})
    for _ in range(3):
        zipped(path, {"a.zip": path.read_bytes()})
    return path


@add(refused("ARCHIVE_TOO_MANY_MEMBERS"))
def zip_of_5000_members(place: Place) -> Path:
    return zipped(place.folder / "a.zip", {f"{number}.txt": b"" for number in range(5000)}, zipfile.ZIP_STORED)


def _zip_with(place: Place, name: str) -> Path:
    return raw_zip(place.folder / "a.zip", [(name, b"\x03\x00", 0, 0)])


FILES.each(
    refused("ARCHIVE_ESCAPE"),
    _zip_with,
    {
        "zip_member_above": "../a.shp",
        "zip_member_far_above": "x/../../../../../../etc/cron.d/a.shp",
        "zip_member_absolute": "/etc/cron.d/a.shp",
        "zip_member_with_backslashes": "..\\..\\a.shp",
        "zip_member_on_a_drive": "C:\\a.shp",
        "zip_member_on_a_share": "\\\\host\\share\\a.shp",
    },
)


@add(refused("ARCHIVE_LINK"))
def zip_with_a_symlink(place: Place) -> Path:
    link = zipfile.ZipInfo("a.geojson")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(place.folder / "a.zip", "w") as out:
        out.writestr(link, str(place.secret))
    return place.folder / "a.zip"


@add(refused("ARCHIVE_DUPLICATE"))
def zip_with_one_name_twice(place: Place) -> Path:
    members = [("a.shp", b"\x03\x00", 0, 0), ("A.SHP", b"\x03\x00", 0, 0)]
    return raw_zip(place.folder / "a.zip", members)


@add(refused("VIRTUAL_FORMAT"))
def zip_with_a_vrt_as_geojson(place: Place) -> Path:
    vrt = f"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{place.secret}</SrcDataSource></OGRVRTLayer>"
    return zipped(place.folder / "a.zip", {"a.geojson": f"{vrt}</OGRVRTDataSource>".encode()})


@add(refused("ARCHIVE_MEMBER"))
def zip_with_a_vrt(place: Place) -> Path:
    return zipped(place.folder / "a.zip", {"a.vrt": b"<OGRVRTDataSource/>", "a.geojson": honest_geojson().encode()})


@add(refused("ARCHIVE_DAMAGED"))
def zip_with_a_broken_stream(place: Place) -> Path:
    return raw_zip(place.folder / "a.zip", [("a.geojson", b"\xff" * 500, 0, 5000)])


@add(refused("ARCHIVE_DAMAGED"))
def zip_that_is_encrypted(place: Place) -> Path:
    path = zipped(place.folder / "a.zip", {"a.geojson": honest_geojson().encode()}, zipfile.ZIP_STORED)
    content = path.read_bytes().replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00")
    return place.file("a.zip", content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))


@add(refused("ARCHIVE_DAMAGED", "TOO_MUCH_MEMORY"))
def zip_with_a_broken_lzma_member(place: Place) -> Path:
    """LZMA settings that ask for a window of 4 GiB, before noise."""
    path = zipped(place.folder / "a.zip", {"a.geojson": b"x" * 99}, zipfile.ZIP_LZMA)
    content = path.read_bytes()
    at = content.index(b"\x05\x00\x5d") + 3
    return place.file("a.zip", content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :])


@add(refused("ARCHIVE_DAMAGED"))
def zip_with_a_broken_bzip2_member(place: Place) -> Path:
    path = zipped(place.folder / "a.zip", {"a.geojson": honest_geojson(9).encode()}, zipfile.ZIP_BZIP2)
    content = bytearray(path.read_bytes())
    content[80:100] = bytes(20)
    return place.file("a.zip", bytes(content))


@add(refused("ARCHIVE_DAMAGED", "UNKNOWN_FORMAT"))
def zip_cut_in_half(place: Place) -> Path:
    path = zipped(place.folder / "a.zip", {"a.gpkg": honest_layer(place.folder / "b.gpkg").read_bytes()})
    return place.file("a.zip", path.read_bytes()[: path.stat().st_size // 2])


@add(rows(1))
def zip_with_hostile_helpers(place: Place) -> Path:
    """Add the helper files that GDAL would obey, were they not left in the archive."""
    gfs = f"<GMLFeatureClassList><SchemaLocation>{place.url}</SchemaLocation></GMLFeatureClassList>"
    helpers = {"a.gfs": gfs.encode(), "a.xsd": b"<x/>", "a.qix": b"\xff" * 99, "__MACOSX/._a.geojson": b"\x00"}
    return zipped(place.folder / "a.zip", {"a.geojson": honest_geojson().encode()} | helpers)


def _tar(place: Place, *members: tuple[str, bytes, bytes, str]) -> Path:
    """Write a tar.bz2 of members (name, type, content, link target)."""
    with tarfile.open(place.folder / "a.tar.bz2", "w:bz2") as out:
        for name, kind, content, target in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, target, len(content)
            out.addfile(info, io.BytesIO(content))
    return place.folder / "a.tar.bz2"


FILES.each(
    refused("ARCHIVE_ESCAPE"),
    lambda place, name: _tar(place, (name, tarfile.REGTYPE, b"x", "")),
    {"tar_member_above": "../../a.shp", "tar_member_absolute": "/etc/a.shp"},
)
FILES.each(
    refused("ARCHIVE_LINK"),
    lambda place, kind: _tar(place, ("a.geojson", kind, b"", str(place.secret))),
    {
        "tar_with_a_symlink": tarfile.SYMTYPE,
        "tar_with_a_hard_link": tarfile.LNKTYPE,
        "tar_with_a_device": tarfile.CHRTYPE,
        "tar_with_a_pipe": tarfile.FIFOTYPE,
    },
)


@add(refused("ARCHIVE_DAMAGED", "ARCHIVE_BOMB"))
def tar_with_noise(place: Place) -> Path:
    return place.file("a.tar.bz2", bz2.compress(bytes(range(256)) * 100))


@add(refused("ARCHIVE_BOMB"))
def tar_with_a_skipped_bomb(place: Place) -> Path:
    """Put a member first that nobody reads but that must be unpacked to get past it."""
    info = tarfile.TarInfo("readme.txt")
    info.size = 24 << 30
    return place.file("a.tar.bz2", _bzip2_then_zeros(info.tobuf(), info.size))


@add(refused("ARCHIVE_BOMB", "ARCHIVE_DAMAGED"))
def tar_with_a_long_name_of_gigabytes(place: Place) -> Path:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2 << 30
    return place.file("a.tar.bz2", _bzip2_then_zeros(info.tobuf(tarfile.GNU_FORMAT), info.size))


def _bzip2_then_zeros(head: bytes, zeros: int) -> bytes:
    """Give one bzip2 stream of the head and so many zeros: a block is made once and its bits repeated."""
    blocks = [_bzip2_block(head)] + [_bzip2_block(bytes(32 << 20))] * (zeros >> 25)
    check = 0
    for block in blocks:
        check = (check << 1 | check >> 31) & 0xFFFFFFFF ^ int(block[48:80], 2)
    stream = f"{0x425A6839:032b}{''.join(blocks)}{0x177245385090:048b}{check:032b}"
    stream += "0" * (-len(stream) % 8)
    return int(stream, 2).to_bytes(len(stream) // 8, "big")


def _bzip2_block(content: bytes) -> str:
    """Give the bits of the only block that the content makes: without the stream's head, foot and padding."""
    bits = f"{int.from_bytes(bz2.compress(content), 'big'):b}".zfill(8)
    bits = bits.zfill(-(-len(bits) // 8) * 8)
    return bits[32 : bits.rindex(f"{0x177245385090:048b}")]


@add(refused("UNKNOWN_FORMAT"))
def gzip_of_zeros(place: Place) -> Path:
    packed, crc, size = zeros_deflated(64)
    return place.file("a.geojson.gz", b"\x1f\x8b\x08" + bytes(7) + packed + struct.pack("<II", crc, size))
