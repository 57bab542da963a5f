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
_SILENT = ("refused", "unreachable", "timeout")
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
    # What does not answer is no refusal, and what is wrong with the token is told below.
    near = host is not None and _is_near(host)
    if near and (evidence.reachable in _SILENT or _token_fault(snapshot) is not None):
        return
    failing = failures_at(traces, [place])
    if not failing.traces or (near and host not in _SERVICES):
        return
    others = [trace for trace in traces if trace not in failing.traces and _is_nothing(trace)]
    if host is None or evidence.scheme not in ("http", "https"):
        why = "is no address that they can use"
    elif host in _SERVICES:
        why = "is an address that is newer than these SDKs"
    else:
        why = "is plain http to a host that is neither this machine nor a service of AWS"
    yield _BUILDER.build(
        "error",
        f"{_FULL}={shown} {why}: {_told(failing, others)}.",
        place,
        subject=_FULL,
        sdks=sdks_of((*failing.traces, *others)),
        remedy=(
            ("Update these SDKs.",)
            if host in _SERVICES
            else (
                (
                    "Let the credential server listen on the loopback address: "
                    "`http://127.0.0.1:PORT/…`."
                ),
                "Or give it a certificate and write https.",
            )
        ),
    )


def _is_near(host: str) -> bool:
    if host in _SERVICES or host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_nothing(trace: Trace) -> bool:
    """Tell whether an SDK takes the endpoint for none, without an error of its own."""
    step = _container(trace)
    return step is not None and step.status == "absent"


def _told(failing: Failures, others: Sequence[Trace] = ()) -> str:
    """Return what SDKs do; what they pass over here is no profile."""
    text = failing.text.replace("skips the profile", "passes it over")
    text = text.replace("skip the profile", "pass it over")
    return f"{text}; {do(sdks_of(others), 'take it for none')}" if others else text


def _token_fault(snapshot: HostSnapshot) -> Optional[tuple[str, str, str]]:
    """Return the variable, what is wrong with its token, and what to do; the file comes first."""
    value, fact = snapshot.variable(_TOKEN), snapshot.path_fact(f"environment/{_TOKEN_FILE}")
    if is_set(snapshot, _TOKEN_FILE) and fact is not None:
        path = shell_path(fact.path)
        if fact.newline:
            return (
                _TOKEN_FILE,
                f"Token file {fact.path} holds a line break, which no HTTP header may have",
                (
                    f'Write it without: `printf %s "$(cat {path})" > {path}.new && '
                    f"mv {path}.new {path}`."
                ),
            )
        if fact.status in _UNUSABLE:
            return (
                _TOKEN_FILE,
                f"Token file {fact.path} of the container endpoint {_UNUSABLE[fact.status]}",
                f"Mount the token at {path} and let this user read it; restart the pod.",
            )
        return None
    if value is not None and _LINE_BREAKS & set(value.flaws):
        return (
            _TOKEN,
            f"{_TOKEN} holds a line break, which no HTTP header may have",
            f'Set it without: `export {_TOKEN}="$(printf %s …)"`.',
        )
    return None


def _token(snapshot: HostSnapshot, traces: Sequence[Trace]) -> Iterator[Finding]:
    found = _token_fault(snapshot) if snapshot.container.variable is not None else None
    if found is None:
        return
    name, fault, remedy = found
    place = variable_place(snapshot, name)
    failing = failures_at(traces, [place])
    sdks = failing.sdks or sdks_of(traces)
    told = _told(failing) or do(sdks, "fail where they come to it")
    yield _BUILDER.build(
        "error",
        f"{fault}: {told}.",
        place,
        subject=name,
        sdks=sdks,
        related=(
            [variable_place(snapshot, _FULL, "The endpoint that it is for.")]
            if is_set(snapshot, _FULL)
            else []
        ),
        remedy=(remedy,),
    )
