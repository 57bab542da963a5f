"""What the interfaces tell of where packets go: a machine's own network, or a container's.

Linux alone (sysfs, ``/sys/class/net``): an interface that is a device has a link ``device``; the
virtual ones that a container has (veth) do not. A namespace made without a fresh /sys shows the
interfaces of another one; then nothing is told.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

_NET = "sys/class/net"
_LIMIT = 4096
# The host's side of what engines make: bridges, and interfaces without one (CNI plug-ins). The
# names are those engines' defaults: Docker docker0 and br-<12 digits of the network's id>, Podman
# podman0, the CNI bridge plug-in cni0, the AWS VPC CNI eni<11 digits>, Calico, Cilium, flannel.
_ENGINES = (
    ("docker", re.compile(r"docker\d+\Z|br-[0-9a-f]{12}\Z")),
    ("podman", re.compile(r"podman\d+\Z|cni-podman\d+\Z")),
    ("kubernetes", re.compile(r"cni\d+\Z|cbr0\Z|eni[0-9a-f]{11}\Z|cali|cilium_|flannel|weave\Z")),
    ("lxc", re.compile(r"lxcbr\d+\Z|lxdbr\d+\Z|incusbr\d+\Z")),
)
_PAIR = re.compile(r"veth")


def network_kind(root: Path) -> Optional[str]:
    """Return ``hardware`` or ``virtual`` as in ``Platform.network``, None when not told."""
    names = [name for name in _names(root) if name != "lo"]
    if not names:
        return None
    devices = any(os.path.lexists(root / _NET / name / "device") for name in names)
    return "hardware" if devices else "virtual"


def container_networks(root: Path) -> tuple[str, ...]:
    """Return the kinds of engines whose interfaces are here, as in ``Platform``.

    Only on a machine's own network: a container in which others run is a container.
    """
    if network_kind(root) != "hardware":
        return ()
    names = tuple(_names(root))
    found = tuple(
        engine for engine, pattern in _ENGINES if any(pattern.match(name) for name in names)
    )
    return found or (("other",) if any(_PAIR.match(name) for name in names) else ())


def _names(root: Path) -> Iterator[str]:
    """Yield the names of the interfaces of this network namespace, as far as /sys has them."""
    try:
        with os.scandir(root / _NET) as entries:
            listed = [entry.name for _, entry in zip(range(_LIMIT), entries) if entry.is_dir()]
    except OSError:
        return
    if root == Path("/") and not {name for _, name in socket.if_nameindex()} >= set(listed):
        return
    yield from listed
