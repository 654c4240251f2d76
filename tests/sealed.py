"""Runs Python under a filter of the kernel's that kills whoever reaches for the network.

    python sealed.py -m plait.cli search peace

Nothing in Python can be fooled into silence here: native libraries open sockets too. What
is killed ends by SIGSYS. Linux, on x86-64 and 64-bit ARM; elsewhere it refuses to run anything.
"""

import ctypes
import os
import platform
import struct
import sys

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SOCKET = {"x86_64": 41, "aarch64": 198}
IO_URING_SETUP = 425
"""Would reach the network without a call of `socket`; the same number on both."""

LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
KILL, ALLOW = 0x80000000, 0x7FFF0000
NUMBER_AT, MACHINE_AT = 0, 4
"""Where they lie in the kernel's `struct seccomp_data`."""

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2


class Program(ctypes.Structure):
    """The kernel's `struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """One instruction; `yes` and `no` are how many of the next are jumped over."""
    return struct.pack("=HBBI", code, yes, no, value)


def program(machine: str) -> bytes:
    """Write the filter."""
    return b"".join(
        [
            step(LOAD, MACHINE_AT),
            step(EQUAL, AUDIT[machine], 1, 0),
            step(RETURN, KILL),  # a program of another kind, with other numbers
            step(LOAD, NUMBER_AT),
            step(EQUAL, SOCKET[machine], 2, 0),
            step(EQUAL, IO_URING_SETUP, 1, 0),
            step(RETURN, ALLOW),
            step(RETURN, KILL),
        ]
    )


def seal() -> None:
    """Install the filter, for this process and what becomes of it; raises `OSError`."""
    code = program(platform.machine())
    held = Program(len(code) // 8, code)
    kernel = ctypes.CDLL(None, use_errno=True)
    for order in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(held), 0, 0),
    ):
        if kernel.prctl(*order):
            raise OSError(ctypes.get_errno(), "the kernel takes no filter")


if __name__ == "__main__":
    seal()
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606 - no shell is wanted
