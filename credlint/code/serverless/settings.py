"""IAC128: profiles and keys that are fixed in the settings of Serverless, SAM and the CDK.

Serverless 3.40, ``lib/plugins/aws/provider.js`` ``getCredentials``: keys of the environment come
after ``provider.profile`` is looked at, and before it in effect. SAM CLI: ``profile`` of
``samconfig`` is its option ``--profile``, a session of boto3 with that profile, which ignores keys
of the environment. CDK: ``profile`` of ``cdk.json`` is its option ``--profile``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN, kind_of_ending
from credlint.code.issued_keys import is_issued
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, Node, Scalar, at, entries_of, walk
from credlint.code.sighting import Context, Sighting, Span, as_notes
from credlint.model.finding import Level
from credlint.model.secret import Secret

# A default of a variable of Serverless: ${opt:aws-profile, 'dev'}
_DEFAULT = re.compile(r"\$\{[^{}'\"]{1,200},\s*['\"]([^'\"{}$]{1,100})['\"]\s*\}\Z")
_NAMES = {
    "accesskeyid": KEY_ID,
    "accesskey": KEY_ID,
    "secretaccesskey": SECRET_KEY,
    "secretkey": SECRET_KEY,
    "sessiontoken": TOKEN,
}
_MOST_TOLD = 20


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield fixed profiles, and keys in settings."""
    yield from as_notes(_seen(document), context)


def _seen(document: MarkedDocument) -> Iterator[Sighting]:
    for root in document.roots:
        if "serverless" in document.formats:
            yield from _of_serverless(root)
        if "samconfig" in document.formats:
            yield from _of_sam(root)
        if "cdk" in document.formats:
            yield from _fixed(at(root, "profile"), "cdk.json", "a CI job has no such profile")
        yield from _keys(root)


def _of_serverless(root: Node) -> Iterator[Sighting]:
    profile = at(root, "provider", "profile")
    why = "keys in the environment come before it, and a CI job has no such profile"
    yield from _fixed(profile, "provider.profile", why)
    written = profile.written if isinstance(profile, Scalar) else ""
    if "self:custom" not in written:
        return
    seen = 0
    for path, node in walk(at(root, "custom") or root):
        names = [str(step).lower() for step in path[-2:]]
        is_profile = names[-1:] in (["profile"], ["awsprofile"]) or names[:1] == ["profiles"]
        if is_profile and seen < _MOST_TOLD:
            found = list(_fixed(node, "custom." + ".".join(map(str, path)), why, "note"))
            seen += len(found)
            yield from found


def _of_sam(root: Node) -> Iterator[Sighting]:
    for environment in entries_of(root):
        for command in entries_of(environment.value):
            where = f"{environment.key.value}.{command.key.value}.parameters.profile"
            why = "it comes before keys in the environment, and a CI job has no such profile"
            yield from _fixed(at(command.value, "parameters", "profile"), where, why)


def _fixed(
    node: Optional[Node], where: str, why: str, level: Optional[Level] = None
) -> Iterator[Sighting]:
    if not isinstance(node, Scalar) or not node.written:
        return
    value = node.value or ""
    default = _DEFAULT.match(value)
    if default is not None:
        if default[1] == "default":
            return  # what is taken anyway where no profile is named
        value, level = default[1], "note"
    if not value or any(sign in value for sign in "${}<>%"):
        return
    yield Sighting(
        node.start,
        node.end,
        f'The profile "{value}" is fixed in {where}: {why}.',
        level=level,
        subject=where,
    )


def _keys(root: Node) -> Iterator[Sighting]:
    """Yield keys that are spelled out; those of functions' environments are IAC110's."""
    for path, node in walk(root):
        if not isinstance(node, Mapping) or "environment" in path:
            continue
        for entry in node.entries:
            name = entry.key.value or ""
            kind = _NAMES.get(name.lower()) or kind_of_ending(name)
            value = entry.value
            if not kind or not isinstance(value, Scalar) or value.value is None:
                continue
            if is_issued(kind, value.value):
                yield Sighting(
                    entry.key.start,
                    entry.key.end,
                    f"A key of AWS stands in {name}: whoever can read the file has it.",
                    level="error",
                    subject=name,
                    literals=(Span(value.start, value.end, f"the value of {name}"),),
                    value=Secret(value.value),
                )
