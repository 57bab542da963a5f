"""CHN227: a container credentials endpoint that SDKs refuse, or that is open to a doubt."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.failures import Failures, failures_at
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.situation import is_set, text_of
from credlint.checks.wording import do, sdks_of, shell_path
from credlint.model.finding import Finding
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace

_BUILDER = FindingBuilder("CHN227", "container-endpoint-rejected")

_FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  a variable's name
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105  a variable's name
# The addresses of ECS and of the EKS Pod Identity agent; every SDK knows the first at least.
_SERVICES = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23")
_LOCAL_NAMES = ("localhost",)
_LINE_BREAKS = {"newline", "carriage-return"}
_UNUSABLE = {
    "absent": "does not exist",
    "unreadable": "cannot be read",
    "not-a-file": "is not a file",
    "empty": "is empty",
}


def container_endpoint_rejected(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell why SDKs refuse the address or the token, before any request is made."""
    del options
    users = [trace for trace in traces if _container(trace) is not None]
    yield from _address(snapshot, users)
    yield from _token(snapshot, users)


def _container(trace: Trace) -> Optional[Step]:
    return next((step for step in trace.steps if step.source == "container"), None)


def _address(snapshot: HostSnapshot, traces: Sequence[Trace]) -> Iterator[Finding]:
    evidence = snapshot.container
    # Where both are set the relative one is used.
    if evidence.variable != _FULL or not is_set(snapshot, _FULL):
        return
    place = variable_place(snapshot, _FULL)
    shown = text_of(snapshot.variable(_FULL)) or "an address"
    host = evidence.host
    if evidence.scheme == "https" and host is not None and not _is_near(host):
        yield _BUILDER.build(
            "note",
            f"{_FULL}={shown} is another machine: the SDKs take credentials from it, since its "
            "address is https, and send it their token.",
            place,
            subject=_FULL,
            sdks=sdks_of(traces),
            remedy=(f"If {host} is not meant to hand out credentials, `unset {_FULL}`.",),
        )
        return
    # What does not answer is no refusal.
    if host is not None and evidence.reachable in ("refused", "unreachable", "timeout"):
        return
    failing = failures_at(traces, [place])
    if not failing.traces or (host is not None and _is_near(host) and not _unknown(host, failing)):
        return
    if host is None or evidence.scheme not in ("http", "https"):
        why = "is no address that they can use"
    elif host in _SERVICES:
        why = "is an address that is newer than these SDKs"
    else:
        why = "is plain http to a host that is neither this machine nor a service of AWS"
    yield _BUILDER.build(
        "error",
        f"{_FULL}={shown} {why}: {failing.text}.",
        place,
        subject=_FULL,
        sdks=failing.sdks,
        remedy=(
            "Let the credential server listen on the loopback address: `http://127.0.0.1:PORT/…`.",
            "Or give it a certificate and write https.",
        ),
    )


def _unknown(host: str, failing: Failures) -> bool:
    """Tell whether some SDKs are older than a service's address."""
    return host in _SERVICES and bool(failing.traces)


def _is_near(host: str) -> bool:
    if host in _SERVICES or host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token(snapshot: HostSnapshot, traces: Sequence[Trace]) -> Iterator[Finding]:
    """Tell of the token; the file comes before the variable."""
    if snapshot.container.variable is None:
        return
    value, fact = snapshot.variable(_TOKEN), snapshot.path_fact(f"environment/{_TOKEN_FILE}")
    if is_set(snapshot, _TOKEN_FILE) and fact is not None:
        name, path = _TOKEN_FILE, shell_path(fact.path)
        if fact.newline:
            fault = f"Token file {fact.path} holds a line break, which no HTTP header may have"
            remedy = (
                f'Write it without: `printf %s "$(cat {path})" > {path}.new && '
                f"mv {path}.new {path}`."
            )
        elif fact.status in _UNUSABLE:
            fault = f"Token file {fact.path} of the container endpoint {_UNUSABLE[fact.status]}"
            remedy = f"Mount the token at {path} and let this user read it; restart the pod."
        else:
            return
    elif value is not None and _LINE_BREAKS & set(value.flaws):
        name = _TOKEN
        fault = f"{_TOKEN} holds a line break, which no HTTP header may have"
        remedy = f'Set it without: `export {_TOKEN}="$(printf %s …)"`.'
    else:
        return
    place = variable_place(snapshot, name)
    failing = failures_at(traces, [place])
    sdks = failing.sdks or sdks_of(traces)
    told = failing.text or do(sdks, "fail where they come to it")
    yield _BUILDER.build(
        "error",
        f"{fault}: {told}.",
        place,
        subject=name,
        sdks=sdks,
        remedy=(remedy,),
    )
