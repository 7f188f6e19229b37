"""The tree of RFC 6962, by the vectors of Certificate Transparency, and the notes that sign its roots."""

import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.checkpoint import Checkpoint, parse_public, public_text
from landdb.domain.merkle import EMPTY_ROOT, Frontier, inclusion_path, leaf_hash, root_by_path, root_of

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
#: Published with the reference implementation of Certificate Transparency, for the first 1 to 8 of the leaves.
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size):
    assert root_of([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size - 1]
    assert root_of([]) == EMPTY_ROOT


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proved_and_no_other(size, data):
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(leaves, index)
    assert root_by_path(leaves[index], index, size, path) == root_of(leaves)
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index)) if size > 1 else None
    if other is not None:
        assert root_by_path(leaves[index], other, size, path) != root_of(leaves)
        assert root_by_path(leaves[other], index, size, path) != root_of(leaves)
    assert root_by_path(leaves[index], index, size, [*path, leaves[0]]) != root_of(leaves)
    assert root_by_path(leaves[index], size, size, path) is None


@given(st.lists(st.integers(0, 30), max_size=12))
def test_a_tree_that_grows_in_steps_is_the_tree_of_all(steps):
    frontier, leaves = Frontier(), []
    for step in steps:
        added = [leaf_hash(bytes([len(leaves) % 256, number])) for number in range(step)]
        leaves += added
        frontier = Frontier.parse(frontier.size, frontier.to_bytes())
        frontier.extend(added)
        assert (frontier.size, frontier.root()) == (len(leaves), root_of(leaves))


def test_a_note_says_what_was_signed_and_only_to_the_right_key():
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    checkpoint = Checkpoint(17, leaf_hash(b"a"), leaf_hash(b"b"), NOON)
    note = checkpoint.signed(key)
    assert note.startswith("landdb-audit\n17\n")
    assert Checkpoint.opened(note, key.public_key()) == checkpoint
    assert Checkpoint.opened(note, other.public_key()) is None
    assert Checkpoint.opened(note.replace("\n17\n", "\n16\n"), key.public_key()) is None
    assert Checkpoint.opened("", key.public_key()) is None
    assert Checkpoint.opened(note.replace("— landdb-audit ", "— landdb-audit !"), key.public_key()) is None


def test_a_public_key_is_published_as_one_text():
    key = Ed25519PrivateKey.generate().public_key()
    text = public_text(key)
    assert parse_public(text).public_bytes_raw() == key.public_bytes_raw()
    for broken in ("", "x", text.replace("landdb", "other"), text[:-4], text.replace("+", "+0", 1)):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever part is wrong
            parse_public(broken)
