"""The partitions of AWS and their regions: rules/regions.toml."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Optional

from credlint.model.lean_dataclasses import dataclass
from credlint.rulebook import load_toml, rules_root

_FILE = "regions.toml"
# A zone: region and a letter; local and wavelength zones name a place in between (EC2 User Guide,
# "Regions and Zones": us-east-1a, us-west-2-lax-1a, us-east-1-wl1-bos-wlz-1).
_ZONE = re.compile(r"([a-z]{2,4}(?:-[a-z]+){1,3}-[0-9]{1,2})(?:[a-z]|-[a-z0-9-]*[a-z0-9])\Z")
_SHAPE = re.compile(r"[a-z]{2,4}(?:-[a-z]+){1,3}-[0-9]{1,2}\Z")


@dataclass(frozen=True)
class Partition:
    """One partition; ``prefixes`` are what its regions begin with."""

    id: str
    prefixes: tuple[str, ...]
    global_name: str
    domains: tuple[str, ...]
    names: frozenset[str]
    opt_in: frozenset[str]


@cache
def _table() -> Mapping[str, Any]:
    return load_toml(rules_root() / _FILE)


@cache
def partitions() -> tuple[Partition, ...]:
    """Return every partition; one whose prefix is longer comes before the one it is part of."""
    return tuple(
        Partition(
            id=one["id"],
            prefixes=tuple(one["prefixes"]),
            global_name=one["global"],
            domains=tuple(one["domains"]),
            names=frozenset(one["names"]),
            opt_in=frozenset(one.get("opt_in", ())),
        )
        for one in _table()["partition"]
    )


def is_region(name: str) -> bool:
    """Tell whether it is a region of the list, or the name of a partition as a whole."""
    return any(name in one.names or name == one.global_name for one in partitions())


def looks_like_region(name: str) -> bool:
    """Tell whether it is written as regions are, so that it may be one that is newer."""
    return _SHAPE.match(name) is not None and partition_of_region(name) is not None


def partition_of_region(name: str) -> Optional[str]:
    """Return the partition of a region by its prefix, None for no region."""
    for one in partitions():
        if name == one.global_name or name.startswith(one.prefixes):
            return one.id
    return None


def is_opt_in(name: str) -> bool:
    """Tell whether an account has to switch the region on."""
    return any(name in one.opt_in for one in partitions())


def region_of_zone(name: str) -> Optional[str]:
    """Return the region of an availability, local or wavelength zone, None for anything else."""
    match = _ZONE.match(name)
    return match.group(1) if match and is_region(match.group(1)) else None


def known_regions() -> tuple[str, ...]:
    """Return all regions of the list."""
    return tuple(sorted(name for one in partitions() for name in one.names))


def owner_of(name: str) -> Optional[str]:
    """Return the other cloud that calls a region so, if one is known to."""
    lower = name.lower()
    for one in _table()["other"]:
        if any(fnmatch.fnmatchcase(lower, shape) for shape in one["names"]):
            owner: str = one["owner"]
            return owner
    return None


def is_aws_host(host: str) -> bool:
    """Tell whether AWS itself answers at a host name, by the domain that it lies in."""
    bare = host.lower().rstrip(".")
    domains = [domain for one in partitions() for domain in one.domains]
    if not any(bare == domain or bare.endswith(f".{domain}") for domain in domains):
        return False
    return not any(fnmatch.fnmatchcase(bare, name) for name in _table()["customers"]["names"])
