"""A system-call filter for the reading child: no sockets, no new programs, no look into other processes.

It needs no privilege, so "no network" holds where a network namespace is not permitted, and it also
closes local sockets (a database's, for instance), which a network namespace does not.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from typing import Final

_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_KILL: Final = 0x80000000
_LD_ABS_W: Final = 0x20
_JEQ: Final = 0x15
_JGE: Final = 0x35
_RET: Final = 0x06
_X32_BIT: Final = 0x40000000

# io_uring can open sockets without the socket call; the newer mount calls and bpf are of no use to a reader.
# A reader signals nobody and opens nobody's process (kill is in the table, the pidfd calls are here).
_DENIED_EVERYWHERE: Final = {424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 442}
#: audit architecture, then the numbers of socket, socketpair, connect, bind, execve, execveat, ptrace,
#: process_vm_readv, process_vm_writev, bpf, mount, kexec_load, perf_event_open, keyctl, userfaultfd, kill
_BY_MACHINE: Final[dict[str, tuple[int, set[int]]]] = {
    "x86_64": (0xC000003E, {41, 53, 42, 49, 59, 322, 101, 310, 311, 321, 165, 246, 298, 250, 323, 62}),
    "aarch64": (0xC00000B7, {198, 199, 203, 200, 221, 281, 117, 270, 271, 280, 40, 104, 241, 219, 282, 129}),
}


def _program(audit_arch: int, denied: list[int]) -> bytes:
    """Give the filter: another architecture is killed, a denied call fails with EPERM, the rest passes."""

    def step(code: int, k: int, jump_true: int = 0, jump_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, jump_true, jump_false, k)

    steps = [
        step(_LD_ABS_W, 4),
        step(_JEQ, audit_arch, 1, 0),
        step(_RET, _KILL),
        step(_LD_ABS_W, 0),
        step(_JGE, _X32_BIT, len(denied) + 1, 0),
    ]
    steps += [step(_JEQ, number, len(denied) - index, 0) for index, number in enumerate(denied)]
    steps += [step(_RET, _ALLOW), step(_RET, _ERRNO | errno.EPERM)]
    return b"".join(steps)


def deny_sockets_and_programs() -> bool:
    """Install the filter for this process; False where the machine or the kernel has none."""
    known = _BY_MACHINE.get(platform.machine())
    if known is None:
        return False
    audit_arch, numbers = known
    program = _program(audit_arch, sorted(numbers | _DENIED_EVERYWHERE))
    buffer = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: unsigned short length, then the pointer at its natural alignment
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    argument = ctypes.create_string_buffer(header, len(header))
    libc = ctypes.CDLL(None, use_errno=True)
    pointer = ctypes.c_void_p(ctypes.addressof(argument))
    return bool(libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), pointer, 0, 0) == 0)
