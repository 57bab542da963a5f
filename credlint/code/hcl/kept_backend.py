"""IAC107: literal keys in what ``terraform init`` keeps of the backend.

``.terraform/terraform.tfstate`` is JSON: ``{"backend": {"type": "s3", "config": {…}}}``, with
``null`` for what is not set.
"""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.hcl.credentials import KEYS, Given, judged, literals
from credlint.code.hcl.folder import Known
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Scalar, at, entries_of, text_at, walk
from credlint.code.sighting import Context, Sighting
from credlint.model.secret import Secret


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the keys that are kept."""
    del context
    for root in document.roots:
        config = at(root, "backend", "config")
        if config is None or text_at(root, "backend", "type") != "s3":
            continue
        # A plain scalar of JSON is null or a number, no key.
        found = literals(
            {
                entry.key.value: Given(Known(entry.value), entry.key.start, entry.value.end)
                for entry in entries_of(config)
                if entry.key.value in KEYS
                and isinstance(entry.value, Scalar)
                and entry.value.style == "double"
            }
        )
        if not found:
            continue
        texts = (node.value for _, node in walk(config) if isinstance(node, Scalar))
        level, reason = judged(found, (text for text in texts if text and "://" in text))
        first = next(iter(found.values()))
        telling = found.get("secret_key") or first
        yield Sighting(
            first.start,
            first.end,
            f"terraform init has kept the backend's keys ({', '.join(found)}) here, in clear. "
            f"{reason}".rstrip(),
            level=level,
            subject="kept backend",
            literals=tuple(
                span
                for name, each in found.items()
                for span in each.known.spans(f"the literal for {name}")
            ),
            value=Secret(telling.known.text or ""),
            remedy="Take the keys out of the backend's settings, and run `terraform init "
            "-reconfigure`; leave `.terraform` out of the repository.",
        )
