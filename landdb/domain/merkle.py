"""The Merkle tree of RFC 6962: one hash stands for a list that only grows, and short proofs stand for its parts.

Leaf: SHA-256(0x00 ‖ data). Node: SHA-256(0x01 ‖ left ‖ right). A list of n leaves is split at the largest power of
two below n.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self

HASH_BYTES: Final = 32
#: The root of no leaves.
EMPTY_ROOT: Final = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Give the hash of a leaf."""
    return sha256(b"\0" + data).digest()


@dataclass(slots=True)
class Frontier:
    """All that is needed of a tree to grow it: the roots of its whole subtrees, the largest first."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    @classmethod
    def parse(cls, size: int, joined: bytes) -> Self:
        """Give the frontier of a tree of `size` leaves; raises ValueError when it does not have as many subtrees."""
        roots = [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
        if len(joined) != HASH_BYTES * size.bit_count():
            raise ValueError("a frontier has one hash for each bit of the tree's size")
        return cls(size, roots)

    def to_bytes(self) -> bytes:
        """Give the frontier as it is stored."""
        return b"".join(self.roots)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes at the end."""
        roots, size = self.roots, self.size
        for leaf in leaves:
            grown, below = leaf, size
            while below & 1:
                grown = sha256(b"\1" + roots.pop() + grown).digest()
                below >>= 1
            roots.append(grown)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """Give the root of the whole tree."""
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = sha256(b"\1" + left + root).digest()
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Give the root over leaf hashes."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Give the hashes that lead from leaf `index` to the root, the lowest first (RFC 6962, 2.1.1)."""
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        split = low + (1 << ((high - low - 1).bit_length() - 1))
        if index < split:
            path.append(root_of(leaves[split:high]))
            high = split
        else:
            path.append(root_of(leaves[low:split]))
            low = split
    return path[::-1]


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Give the root that a path leads to, None when the path is not one of this place (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    place, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = sha256(b"\1" + step + root).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = sha256(b"\1" + root + step).digest()
        place, last = place >> 1, last >> 1
    return root if last == 0 else None
