"""The host stream: a snapshot, judged for some SDKs, becomes conclusions for the outlet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from credlint.checks.options import CheckOptions
from credlint.checks.run import run_checks
from credlint.cli.outlet import Conclusions
from credlint.cli.user_data_notice import iter_user_data_notices
from credlint.model.finding import IgnoreDirective, Skipped
from credlint.model.location import host_path
from credlint.model.report import Notice
from credlint.model.rule import Rule
from credlint.model.snapshot import HostSnapshot

_UNREADABLE, _TIMED_OUT, _NOT_PROBED = "RUN901", "RUN905", "RUN914"
_CODES = {"too-large": "RUN903", "not-a-file": "RUN906"}


def judge(
    snapshot: HostSnapshot,
    sdks: Sequence[str],
    profile: Optional[str],
    rules: Sequence[Rule],
    options: CheckOptions,
    notices: tuple[Notice, ...] = (),
    note: str = "",
) -> Conclusions:
    """Resolve the chain of every SDK and run the checks of ``rules``; ``note`` is for people.

    Raises RulebookError for an unknown SDK.
    """
    traces = tuple(resolve(snapshot, load_sdk(sdk), profile) for sdk in sdks)
    return Conclusions(
        command="doctor",
        findings=run_checks(snapshot, traces, rules, options),
        examined=True,
        directives=tuple(iter_directives(snapshot)),
        skipped=tuple(_iter_skipped(snapshot)),
        contexts=snapshot.platform.contexts,
        chains=traces,
        environment_listing=tuple(sorted(entry.name for entry in snapshot.environment)),
        notices=(*notices, *iter_user_data_notices(snapshot.user_data)),
        notes=(note,) if note else (),
    )


def _iter_skipped(snapshot: HostSnapshot) -> Iterator[Skipped]:
    statuses = {file.path: file.status for file in snapshot.files}
    for path, reason in snapshot.skipped:
        if path == "user data":
            yield Skipped(path, reason, _NOT_PROBED)
        elif path != "imds":
            yield Skipped(path, reason, _CODES.get(statuses.get(path, ""), _UNREADABLE))
        else:
            yield Skipped(path, reason, _TIMED_OUT if snapshot.imds.probed else _NOT_PROBED)


def iter_directives(snapshot: HostSnapshot) -> Iterator[IgnoreDirective]:
    """Yield the ``credlint: ignore[…]`` comments of the AWS files."""
    for file in snapshot.files:
        base, uri = host_path(file.path)
        for line in file.lines:
            if line.ignore is None:
                continue
            codes, _, reason = line.ignore.partition("]")
            selectors = codes.partition("[")[2].split(",")
            yield IgnoreDirective(
                uri=uri,
                base=base,
                line=line.number,
                selectors=tuple(word.strip() for word in selectors if word.strip()),
                reason=reason.strip(),
            )
