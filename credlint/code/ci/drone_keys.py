"""IAC127 in Drone: keys in ``environment`` and ``settings``, also as ``from_secret``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.ci.assigned import Assigned, kind_of
from credlint.code.ci.pipeline_keys import System, look, told
from credlint.code.ci.written import span_of, written
from credlint.code.credential_names import KEY_ID, SECRET_KEY, kind_of_spelling
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Entry, Mapping, Scalar, text_at, walk
from credlint.code.other_stores import OtherStores, is_other_owner
from credlint.code.sighting import Context, Sighting, Span

_SYSTEM = System(
    "Drone",
    (),
    ("commands",),
    "Let the runner's instance or container role do the work; Drone's plugins for AWS use it when "
    "they get no keys, and take `assume_role`.",
)
# Plugins whose keys are AWS', unless they are given an endpoint (drone-plugins/drone-s3, -ecr …).
_PLUGIN = re.compile(
    r"(?:plugins|banzaicloud|drone-plugins)/(?:drone-)?(?:s3|ecr|ecs|lambda|cloudfront|elastic)"
)
_SHORT = {"access_key": KEY_ID, "secret_key": SECRET_KEY}


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield keys of a pipeline."""
    yield from look(document, context, _SYSTEM)
    stores = OtherStores(document.text)
    for root in document.roots:
        for _, step in walk(root):
            if not isinstance(step, Mapping):
                continue
            is_plugin = _PLUGIN.match(text_at(step, "image") or "") is not None
            for name in ("environment", "settings"):
                held = step.get(name)
                if not isinstance(held, Mapping):
                    continue
                assigned = [
                    each
                    for entry in held.entries
                    for each in _assigned(entry, is_plugin=is_plugin and name == "settings")
                ]
                if any(each.name == SECRET_KEY or each.kind == "literal" for each in assigned):
                    elsewhere = stores.within(step)
                    sighting = told(_SYSTEM, assigned, context, elsewhere=elsewhere)
                    if sighting is not None:
                        yield sighting


def _assigned(entry: Entry, *, is_plugin: bool) -> Iterator[Assigned]:
    spelled = entry.key.value or ""
    name = kind_of_spelling(spelled) or (_SHORT.get(spelled, "") if is_plugin else "")
    if not name:
        return
    secret = text_at(entry.value, "from_secret")
    if secret is not None:
        if not is_other_owner(secret):
            yield Assigned(name, spelled, f"${{{secret}}}", "reference", span_of(entry))
    elif isinstance(entry.value, Scalar):
        kind = kind_of(name, written(entry.value))
        if kind == "literal":
            there = Span(entry.value.start, entry.value.end, f"the literal for {spelled}")
            yield Assigned(name, spelled, written(entry.value), kind, span_of(entry), there)
        elif kind:
            yield Assigned(name, spelled, written(entry.value), kind, span_of(entry))
