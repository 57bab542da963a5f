"""IAC115: pods in the network of their node, which reach its role whatever the hop limit is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.kubernetes.objects import iter_objects, read_around
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, at, text_at, walk
from credlint.code.sighting import Context, Sighting

# One to a node, or once for a cluster: what runs there is mostly of the system.
_WORKLOADS = ("CronJob", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet")
_SYSTEM = re.compile(r"kube-|.*-system\Z|calico|cilium|istio|monitoring")
_ON_EKS = re.compile(
    rb"eks\.amazonaws\.com|image[\"']?[ \t]*:[ \t]*[\"']?[0-9]{12}\.dkr\.ecr\."
    rb"|\bAWS_(?:DEFAULT_)?REGION\b"
)


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield ``hostNetwork: true`` of pods whose service account has no role of its own."""
    if document.unread or not _ON_EKS.search(document.text):
        return
    shown = context.is_test or context.is_documentation
    for root in document.roots:
        for _, node in iter_objects(root):
            kind, name = text_at(node, "kind"), text_at(node, "metadata", "name")
            if kind not in _WORKLOADS or _SYSTEM.match(
                text_at(node, "metadata", "namespace") or ""
            ):
                continue
            for _, pod in walk(node):
                if not isinstance(pod, Mapping) or at(pod, "containers") is None:
                    continue
                entry = pod.entry("hostNetwork")
                if entry is None or text_at(entry.value) not in ("true", "True"):
                    continue
                account = text_at(pod, "serviceAccountName") or text_at(pod, "serviceAccount")
                known = read_around(document.roots, context).accounts.get(account or "default")
                if known is not None and known.has_role:
                    continue
                yield Sighting(
                    start=entry.key.start,
                    end=entry.value.end,
                    message=(
                        f"{kind} {name} is in the network of its node: it reaches the node's role "
                        "whatever the hop limit of the metadata service is."
                    ),
                    level="note" if shown else "warning",
                    subject=f"{kind} {name} hostNetwork",
                )
