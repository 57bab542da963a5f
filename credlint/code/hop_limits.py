"""How far answers of the metadata service need to travel, in whatever language it is said.

EC2 User Guide, "Configure the instance metadata options": the hop limit is the time to live of the
answers, 1 unless the image or the account says otherwise.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.model.finding import Level

# Names of what runs containers: the limit that these need is 2.
_CONTAINERS = re.compile(
    r"(?<![a-z])(?:eks|ecs|k8s|k3s|rke2?|kops|aks)(?![a-z])|docker|kube|karpenter|containerd"
    r"|podman|nomad|node[-_]?group|bottlerocket|nodeadm|bootstrap\.sh"
)
_MOST_TEXT = 20_000
_MOST_DIGITS = 4
_NEEDED = 2  # one hop for the host, one for the bridge of its containers


def number_of(text: Optional[str]) -> int:
    """Return a hop limit that is written out, 0 for anything else."""
    is_number = text is not None and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if text is not None and is_number else 0


def judged(number: int, text: bytes) -> tuple[Optional[Level], str]:
    """Return the level, None for the rule's own, and what follows from a number above 1.

    ``text``: what is written about the machine, its head alone is looked at.
    """
    if number > _NEEDED:
        return "error", "Containers need 2 at most; behind a tunnel or proxy others can read it."
    if _CONTAINERS.search(text[:_MOST_TEXT].decode("utf-8", "replace").lower()):
        return "note", "Containers need 2, and with it every one of them can take the host's role."
    return None, "Nothing here speaks of containers, which alone need more than 1."
