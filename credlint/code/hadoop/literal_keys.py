"""SRC214: AWS keys in settings of Hadoop and Spark, and lists of providers that ask for no role."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Optional, Union

from credlint.code.addresses import is_of_aws
from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN
from credlint.code.hadoop.reader import Setting, Settings
from credlint.code.issued_keys import is_issued
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, Scalar, text_at, walk
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.secret import Secret

# hadoop-aws 3.4 `Constants`; s3n and the old s3: `S3Credentials` of Hadoop 2.
_NAME = re.compile(
    r"(?:spark\.hadoop\.|flink\.hadoop\.)?(fs\.s3[an]?\.)(bucket\..+\.)?"
    r"(access\.key|secret\.key|session\.token|awsAccessKeyId|awsSecretAccessKey|endpoint"
    r"|aws\.credentials\.provider)\Z"
)
_KINDS = {
    "access.key": KEY_ID,
    "awsAccessKeyId": KEY_ID,
    "secret.key": SECRET_KEY,
    "awsSecretAccessKey": SECRET_KEY,
    "session.token": TOKEN,
}
# Providers that know nothing but what stands in the settings.
_STATIC = ("SimpleAWSCredentialsProvider", "TemporaryAWSCredentialsProvider")
_KEPT_ELSEWHERE = "hadoop.security.credential.provider.path"


def check(document: Union[Settings, MarkedDocument], context: Context) -> Iterator[Sighting]:
    """Yield one finding for the keys of each group of settings, else for its providers."""
    groups: dict[int, list[Setting]] = {}
    settings = _of_tree(document) if isinstance(document, MarkedDocument) else document.settings
    for setting in settings:
        groups.setdefault(setting.group, []).append(setting)
    for group in groups.values():
        sighting = of_group(group)
        if sighting is not None:
            if context.is_test or context.is_documentation:
                sighting = _as_note(sighting)
            yield sighting


def _as_note(sighting: Sighting) -> Sighting:
    from credlint.model.lean_dataclasses import replace  # noqa: PLC0415

    return replace(sighting, level="note")


def _of_tree(document: MarkedDocument) -> Iterator[Setting]:
    """Yield the settings of each mapping, be they its entries or ``name`` and ``value`` in it."""
    for root in document.roots:
        for number, (_, node) in enumerate(walk(root)):
            if not isinstance(node, Mapping):
                continue
            for entry in node.entries:
                if isinstance(entry.value, Scalar) and entry.key.value:
                    value = entry.value
                    yield Setting(
                        entry.key.value,
                        value.value or "",
                        entry.key.start,
                        value.start,
                        value.end,
                        number + 1,
                    )
            name, value_node = text_at(node, "name"), node.get("value")
            if name and isinstance(value_node, Scalar):
                first, last = value_node.start, value_node.end
                yield Setting(name, value_node.value or "", node.start, first, last)


def of_group(group: Sequence[Setting]) -> Optional[Sighting]:
    """Return what is to be told of settings that are used together."""
    parts = [
        (setting, found) for setting in group for found in (_NAME.match(setting.name),) if found
    ]
    endpoints = [setting.value for setting, found in parts if found[3] == "endpoint"]
    is_elsewhere = any(text and not is_of_aws(text) for text in endpoints)
    keys = [
        (setting, _KINDS[found[3]])
        for setting, found in parts
        if found[3] in _KINDS and is_issued(_KINDS[found[3]], setting.value)
    ]
    if keys:
        return _of_keys(keys, is_elsewhere=is_elsewhere)
    if is_elsewhere or any(setting.name.endswith(_KEPT_ELSEWHERE) for setting in group):
        return None
    providers = [setting for setting, found in parts if found[3] == "aws.credentials.provider"]
    return _of_providers(providers)


def _of_keys(keys: Sequence[tuple[Setting, str]], *, is_elsewhere: bool) -> Sighting:
    names = ", ".join(setting.name for setting, _ in keys)
    has_id = any(kind == KEY_ID for _, kind in keys)
    telling = next((setting for setting, kind in keys if kind != KEY_ID), None)
    level: Level = "error" if telling is not None else "warning"
    if is_elsewhere:
        # MinIO's own keys look like secret keys of AWS, but not like ids.
        level = "warning" if has_id else "note"
    first = keys[0][0]
    return Sighting(
        start=first.name_start,
        end=first.end,
        message=(
            f"AWS keys stand in these settings ({names}); S3A takes them before a role, and "
            "shows them to everyone who can read the configuration."
        ),
        level=level,
        subject=names,
        literals=tuple(
            Span(setting.start, setting.end, f"the literal for {setting.name}")
            for setting, _ in keys
        ),
        value=Secret((telling or first).value),
    )


def _of_providers(providers: Iterable[Setting]) -> Optional[Sighting]:
    for setting in providers:
        names = [name.strip().rpartition(".")[2] for name in setting.value.split(",")]
        if names and all(name in _STATIC for name in names):
            return Sighting(
                start=setting.name_start,
                end=setting.end,
                message=(
                    f"{setting.name} names {', '.join(names)} alone, so S3A never asks for the "
                    "role of the instance or pod."
                ),
                level="note",
                subject=setting.name,
            )
    return None
