"""IAC127 in Travis: keys in ``env``, in scripts, and of deployments.

What ``secure:`` holds only Travis can decrypt; that it is a key of AWS is known from its name
alone, so that those of deployments are a note and others are silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.ci.assigned import Assigned, kind_of
from credlint.code.ci.pipeline_keys import System, look, told
from credlint.code.ci.written import span_of, written
from credlint.code.credential_names import KEY_ID, SECRET_KEY
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Entry, Mapping, Scalar, at, text_at, walk
from credlint.code.other_stores import OtherStores
from credlint.code.sighting import Context, Sighting, Span

_SYSTEM = System(
    "Travis",
    ("env", "global", "matrix", "jobs"),
    ("before_install", "install", "before_script", "script", "after_success", "before_deploy"),
    "Travis issues no tokens that AWS trusts: deploy from a system that does, or let a role "
    "be assumed with a key that may do nothing else.",
)
_PROVIDERS = ("s3", "lambda", "codedeploy", "elasticbeanstalk", "opsworks", "cloudformation", "ecr")
_NAMES = {"access_key_id": KEY_ID, "secret_access_key": SECRET_KEY}


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield keys of a build."""
    yield from look(document, context, _SYSTEM)
    stores = OtherStores(document.text)
    for root in document.roots:
        for _, node in walk(root):
            if not isinstance(node, Mapping) or text_at(node, "provider") not in _PROVIDERS:
                continue
            assigned = [each for entry in node.entries for each in _assigned(entry)]
            if any(each.name == SECRET_KEY or each.kind == "literal" for each in assigned):
                sighting = told(_SYSTEM, assigned, context, elsewhere=stores.within(node))
                if sighting is not None:
                    yield sighting


def _assigned(entry: Entry) -> Iterator[Assigned]:
    spelled = entry.key.value or ""
    name = _NAMES.get(spelled)
    if name is None:
        return
    if at(entry.value, "secure") is not None:
        yield Assigned(name, spelled, "", "encrypted", span_of(entry))
    elif isinstance(entry.value, Scalar):
        value = written(entry.value)
        kind = kind_of(name, value)
        if kind:
            there = Span(entry.value.start, entry.value.end, f"the literal for {spelled}")
            literal = there if kind == "literal" else None
            yield Assigned(name, spelled, value, kind, span_of(entry), literal)
