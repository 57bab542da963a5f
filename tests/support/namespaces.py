"""Network namespaces for tests: the real metadata address, and no way to anything outside.

Needs root and the program ``ip`` (iproute2); ``reason_to_skip`` says what is missing.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Callable, Optional, TypeVar

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET, linux/sched.h
_PREFIX = "credlint-test"
_FOLDER = Path("/run/netns")
Made = TypeVar("Made")


def reason_to_skip() -> Optional[str]:
    """Return why no namespace can be made here, None when they can."""
    if sys.platform != "linux":
        return "network namespaces are Linux'"
    if os.geteuid() != 0:
        return "making network namespaces needs root"
    if shutil.which("ip") is None:
        return "the program ip (iproute2) is not installed"
    name = f"{_PREFIX}-{os.getpid()}-try"
    made = _ip("netns", "add", name)
    _ip("netns", "del", name)
    return f"ip netns add fails: {made.stderr.strip()}" if made.returncode else None


def _ip(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=False, timeout=20)


class Network:
    """A context manager: namespaces by short names, all removed at its end."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __enter__(self) -> Network:  # noqa: PYI034  typing.Self needs Python 3.11
        _remove_left_behind()
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._names.values():
            _ip("netns", "del", name)

    def add(self, short: str) -> None:
        """Make a namespace whose loopback interface is up."""
        name = f"{_PREFIX}-{os.getpid()}-{short}"
        self._names[short] = name
        self._run("netns", "add", name)
        self.ip(short, "link set lo up")

    def ip(self, short: str, words: str) -> None:
        """Run ``ip -n NAMESPACE WORDS``; raises when it fails."""
        self._run("-n", self._names[short], *words.split())

    def _run(self, *words: str) -> None:
        done = _ip(*words)
        if done.returncode:
            message = f"ip {' '.join(words)}: {done.stderr.strip()}"
            raise RuntimeError(message)

    def join(self, one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
        """Lay a cable: each end is (namespace, interface, address with its length)."""
        (near, device, address), (far, far_device, far_address) = one, other
        self.ip(
            near,
            f"link add {device} type veth peer name {far_device} netns {self._names[far]}",
        )
        for short, name, own in ((near, device, address), (far, far_device, far_address)):
            self.ip(short, f"addr add {own} dev {name}")
            self.ip(short, f"link set {name} up")

    def forward(self, short: str) -> None:
        """Make a router of the namespace."""
        switch = Path("/proc/sys/net/ipv4/ip_forward")
        self.inside(short, lambda: switch.write_text("1\n", encoding="ascii"))

    def inside(self, short: str, make: Callable[[], Made]) -> Made:
        """Call a function in a thread that lives in the namespace, and return what it returns.

        Sockets belong to the namespace of the thread that makes them.
        """
        made: list[Made] = []
        failed: list[BaseException] = []

        def run() -> None:
            try:
                enter(self._names[short])
                made.append(make())
            except BaseException as error:  # noqa: BLE001  raised again in the caller's thread
                failed.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if failed:
            raise failed[0]
        return made[0]

    def command(self, short: str) -> list[str]:
        """Return the beginning of a command line that runs a program in the namespace."""
        return ["ip", "netns", "exec", self._names[short]]


def enter(name: str) -> None:
    """Move the calling thread into a named namespace; Python has ``os.setns`` from 3.12 on."""
    descriptor = os.open(_FOLDER / name, os.O_RDONLY | os.O_CLOEXEC)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.setns(descriptor, _NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(descriptor)


def _remove_left_behind() -> None:
    """Remove what a test run that was killed has left."""
    for name in _left_behind():
        _ip("netns", "del", name)


def _left_behind() -> Iterator[str]:
    with contextlib.suppress(OSError):
        for entry in _FOLDER.iterdir():
            prefix, _, rest = entry.name.partition("-test-")
            number = rest.partition("-")[0]
            if prefix == "credlint" and number.isdigit() and not Path("/proc", number).exists():
                yield entry.name
