"""Landlock: the reading child sees its job folder and the installed software, and no other file.

The three system calls have no wrapper in the C library. A right that an older kernel does not know must
be left out of the request, so the masks are cut to the version that the kernel reports.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_VERSION_FLAG: Final = 1
_RULE_PATH_BENEATH: Final = 1

_EXECUTE: Final = 1 << 0
_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_REFER: Final = 1 << 13
_TRUNCATE: Final = 1 << 14
_IOCTL_DEV: Final = 1 << 15

_READ: Final = _READ_FILE | _READ_DIR | _EXECUTE
_ONLY_FILES: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_NET_BIND_AND_CONNECT: Final = 3
_SCOPE_SOCKET_AND_SIGNAL: Final = 3


def version() -> int:
    """Give the kernel's Landlock version; 0 where there is none."""
    found = ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)
    return max(0, int(found))


def _handled_files(abi: int) -> int:
    handled = (1 << 13) - 1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        if abi >= since:
            handled |= right
    return handled


def _ruleset_attributes(abi: int) -> bytes:
    attributes = struct.pack("Q", _handled_files(abi))
    if abi >= 4:
        attributes += struct.pack("Q", _NET_BIND_AND_CONNECT)
    if abi >= 6:
        attributes += struct.pack("Q", _SCOPE_SOCKET_AND_SIGNAL)
    return attributes


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no permission
    try:
        if not path.is_dir():
            rights &= _ONLY_FILES
        rule = struct.pack("=Qi", rights, opened)
        if libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0) != 0:
            raise OSError(ctypes.get_errno(), "landlock_add_rule")
    finally:
        os.close(opened)


def restrict(*, readable: Iterable[Path], writable: Iterable[Path]) -> bool:
    """Close the file system for this thread and all it starts; False where the kernel has no Landlock.

    Must run before the first thread is started and after no_new_privs is set.
    """
    abi = version()
    if abi == 0:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    attributes = _ruleset_attributes(abi)
    ruleset = int(libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    try:
        for path in readable:
            _allow(libc, ruleset, path, _READ)
        for path in writable:
            _allow(libc, ruleset, path, _handled_files(abi) & ~_EXECUTE)
        if libc.syscall(_RESTRICT_SELF, ruleset, 0) != 0:
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    finally:
        os.close(ruleset)
    return True
