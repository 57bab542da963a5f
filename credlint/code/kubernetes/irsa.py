"""IAC114: service accounts that are meant to have a role of AWS and do not get it.

Of the faults that are told elsewhere three are none today, and not reported:

- ``automountServiceAccountToken: false``: it is about the token for the API of Kubernetes; the
  webhook adds a volume of its own, ``aws-iam-token`` (aws/amazon-eks-pod-identity-webhook#67);
- pods without root and without ``fsGroup``: since Kubernetes 1.19 the token is made readable for
  the user of the pod (kubernetes/kubernetes#89193), and every version that EKS offers is newer;
- clusters with Pod Identity need no annotation, and a manifest does not tell which those are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Optional

from credlint.code.kubernetes.objects import ROLE_ANNOTATION, iter_objects
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.edits import replace_scalar
from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar, at, entries_of, text_at, walk
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import FileEdits, Fix

_PREFIX = "eks.amazonaws.com/"
# What the webhook reads besides the role (amazon-eks-pod-identity-webhook, README).
_OTHERS = ("audience", "sts-regional-endpoints", "token-expiration", "skip-containers")
_LONGEST = 60
_ALIKE = 0.85
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+\Z", re.ASCII)
# What is put in later: variables, templates, words in capitals or in brackets.
_FILLED_IN = re.compile(r"[$<>{}\[\]%]|[A-Z]{4}|X{3}|x{6}|\.\.\.|\u2026")
_WORKLOADS = ("CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet")


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the faults of service accounts and of the pods that are to use them."""
    shown = context.is_test or context.is_documentation
    for root in document.roots:
        for _, node in iter_objects(root):
            kind = text_at(node, "kind")
            if kind == "ServiceAccount":
                yield from _of_account(document, node, shown=shown)
            elif kind in _WORKLOADS:
                yield from _of_workload(node, shown=shown)
    if not document.unread:
        yield from _unused(document, shown=shown)


def _of_account(document: MarkedDocument, node: Mapping, *, shown: bool) -> Iterator[Sighting]:
    name = text_at(node, "metadata", "name") or "without a name"
    annotations = entries_of(at(node, "metadata", "annotations"))
    right = next((e for e in annotations if e.key.value == ROLE_ANNOTATION), None)
    for entry in annotations:
        if _is_misspelled(entry.key.value or ""):
            yield _sighting(
                entry,
                f"Service account {name} has the annotation {entry.key.value}, which nothing "
                f"reads: it is {ROLE_ANNOTATION}, so its pods get no role.",
                "note" if shown else "error",
                f"{name} annotation",
                _respelled(document, entry.key) if right is None else None,
            )
    if right is not None and _is_malformed(right.value):
        yield _sighting(
            right,
            f"Service account {name} has a role whose ARN is malformed, so its pods get none.",
            "note" if shown else "error",
            f"{name} role",
        )


def _is_misspelled(key: str) -> bool:
    """Tell whether an annotation is meant to be that of the role and is not.

    Other programs have annotations with roles as well (kube2iam: ``iam.amazonaws.com/role``).
    """
    if key == ROLE_ANNOTATION or len(key) > _LONGEST or "role" not in key.lower():
        return False
    if key.startswith(_PREFIX) and key[len(_PREFIX) :] in _OTHERS:
        return False
    return SequenceMatcher(None, key.lower(), ROLE_ANNOTATION, autojunk=False).ratio() >= _ALIKE


def _is_malformed(value: Node) -> bool:
    text = value.value if isinstance(value, Scalar) else None
    return bool(text) and not _ROLE.match(text or "") and not _FILLED_IN.search(text or "")


def _respelled(document: MarkedDocument, key: Scalar) -> Optional[Fix]:
    edit = replace_scalar(key, ROLE_ANNOTATION, document.syntax)
    summary = f"Call the annotation {ROLE_ANNOTATION}; the pods then take that role."
    return Fix("unsafe", summary, (FileEdits("", (edit,)),))


def _of_workload(node: Mapping, *, shown: bool) -> Iterator[Sighting]:
    """Yield the annotation where the webhook does not look for it."""
    kind, name = text_at(node, "kind"), text_at(node, "metadata", "name")
    for path, inner in walk(node):
        if path[-2:] != ("metadata", "annotations") or not isinstance(inner, Mapping):
            continue
        entry = inner.entry(ROLE_ANNOTATION)
        if entry is not None:
            yield _sighting(
                entry,
                f"{kind} {name} has the annotation {ROLE_ANNOTATION}, which is read at service "
                "accounts alone, so its pods get no role by it.",
                "note" if shown else "warning",
                f"{kind} {name} annotation",
            )


def _unused(document: MarkedDocument, *, shown: bool) -> Iterator[Sighting]:
    """Yield pods that run as ``default`` beside the one account with a role, which none uses."""
    accounts: list[tuple[str, str]] = []
    users: list[tuple[Mapping, str, Mapping]] = []
    for root in document.roots:
        for _, node in iter_objects(root):
            kind, name = text_at(node, "kind"), text_at(node, "metadata", "name") or ""
            namespace = text_at(node, "metadata", "namespace") or ""
            if kind == "ServiceAccount":
                if at(node, "metadata", "annotations", ROLE_ANNOTATION) is not None:
                    accounts.append((name, namespace))
            elif kind is not None:
                users.extend((node, namespace, pod) for pod in _pods(node))
    if len(accounts) != 1 or not users:
        return
    name, namespace = accounts[0]
    used = [text_at(pod, key) for _, _, pod in users for key in _ACCOUNT_KEYS]
    if any(used):
        return
    for node, other, pod in users:
        if other != namespace or text_at(node, "kind") not in _WORKLOADS:
            continue
        owner = f"{text_at(node, 'kind')} {text_at(node, 'metadata', 'name')}"
        first = next(entry for entry in pod.entries if entry.key.value == "containers")
        yield _sighting(
            first,
            f"{owner} names no service account, so its pods run as default: the role of {name}, "
            "which stands in the same file, is not theirs.",
            "note" if shown else "warning",
            f"{owner} account",
        )


_ACCOUNT_KEYS = ("serviceAccountName", "serviceAccount")


def _pods(node: Mapping) -> Iterator[Mapping]:
    for _, inner in walk(node):
        if isinstance(inner, Mapping) and any(e.key.value == "containers" for e in inner.entries):
            yield inner


def _sighting(
    entry: Entry, message: str, level: Level, subject: str, fix: Optional[Fix] = None
) -> Sighting:
    return Sighting(
        start=entry.key.start,
        end=entry.key.end,
        message=message,
        level=level,
        subject=subject,
        fix=fix,
    )
