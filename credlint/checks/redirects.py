"""CHN407 to CHN409: requests that go to another host than AWS', or to one that does not fit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.endpoint_settings import (
    IGNORE_FLAG,
    Endpoint,
    configured_endpoints,
    is_loopback,
)
from credlint.checks.options import CheckOptions
from credlint.checks.partitions import is_aws_host, is_opt_in
from credlint.checks.places import variable_place
from credlint.checks.profiles import effective_profiles
from credlint.checks.sdk_facts import sdk_facts
from credlint.checks.situation import contexts_of, text_of
from credlint.checks.wording import conjunction, do, file_readers, sdk_list, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.lean_dataclasses import replace
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace, source_kind

_REDIRECTED = FindingBuilder("CHN408", "endpoint-redirected")
_GLOBAL = FindingBuilder("CHN407", "global-sts-token-in-opt-in-region")
_FLAG = FindingBuilder("CHN409", "ignore-endpoints-flag-ineffective")

_REGIONAL = "AWS_STS_REGIONAL_ENDPOINTS"
_GLOBAL_STS = "sts.amazonaws.com"
# Services that answer with credentials.
_GIVING = frozenset(("STS", "SSO", "SSO_OIDC", "SSOOIDC", "SIGNIN", "COGNITO_IDENTITY"))


def endpoint_redirected(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that signed requests go to a host that is not AWS', or to AWS without encryption."""
    del options
    for endpoint in configured_endpoints(snapshot, traces):
        if endpoint.host is not None and is_aws_host(endpoint.host) and endpoint.scheme == "https":
            continue
        if _is_another_store(endpoint):
            continue
        yield _redirected(snapshot, endpoint)


def _is_another_store(endpoint: Endpoint) -> bool:
    """Tell whether the keys are those of MinIO, Ceph or R2 and go to where they were issued.

    A variable that leads to an emulator on this machine is told all the same: it is what stays
    behind in shells.
    """
    if not all(_has_keys_of_its_own(trace) for trace in endpoint.traces):
        return False
    left_behind = endpoint.place.kind == "environment"
    return not (left_behind and endpoint.host is not None and is_loopback(endpoint.host))


def _redirected(snapshot: HostSnapshot, endpoint: Endpoint) -> Finding:
    sdks = sdks_of(endpoint.traces)
    requests = f"signed {endpoint.service} requests" if endpoint.service else "signed requests"
    remedy = [
        f"{endpoint.unset} where AWS is meant.",
        (
            "Where another service is meant: in a profile of its own, with that service's keys, or "
            "for the one service that it stands for (`services = NAME`)."
        ),
        f"For one command: `{IGNORE_FLAG}=true COMMAND`.",
    ]
    if endpoint.host is None:
        message = (
            f"{endpoint.label} is no http or https address, so clients of {sdk_list(sdks)} cannot "
            "be made or fail."
        )
    else:
        plain = ", over plain http" if endpoint.scheme == "http" else ""
        message = (
            f"{endpoint.label} sends the {requests} of {sdk_list(sdks)} to {endpoint.host}{plain}."
        )
        if not endpoint.service or endpoint.service.upper() in _GIVING:
            message += " Whoever answers there sees tokens and gives out identities."
    return _REDIRECTED.build(
        _level(snapshot, endpoint),
        message,
        endpoint.place,
        subject=endpoint.subject,
        sdks=sdks,
        remedy=remedy,
        properties=[("host", endpoint.host)] if endpoint.host else (),
    )


def _level(snapshot: HostSnapshot, endpoint: Endpoint) -> Level:
    """Return note for an emulator on this machine, unless keys of AWS are what it is sent."""
    real = any(_has_keys_of_aws(trace) for trace in endpoint.traces)
    if endpoint.host is not None and is_loopback(endpoint.host) and not real:
        return "note"
    return "warning" if contexts_of(snapshot) == {"laptop"} else "error"


def _has_keys_of_aws(trace: Trace) -> bool:
    offer = trace.winner.offer if trace.winner is not None else None
    if offer is None:
        return False
    if offer.key_id is not None:
        return not offer.key_id.example
    return offer.kind == "dynamic"


def _has_keys_of_its_own(trace: Trace) -> bool:
    """Tell whether the keys are none that AWS issues."""
    offer = trace.winner.offer if trace.winner is not None else None
    return offer is not None and offer.kind != "dynamic" and offer.key_id is None


def ignore_endpoints_flag_ineffective(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the flag holds something that botocore does not take for true."""
    del options
    value = snapshot.variable(IGNORE_FLAG)
    if not value or (value.text or "").lower() in ("true", "false"):
        return
    readers = file_readers(traces)
    endpoints = list(configured_endpoints(snapshot, traces, flagged=True))
    using = [e for e in endpoints if any(t.sdk in readers for t in e.traces)]
    stopping = [trace for trace in traces if _stops_at_flag(trace)]
    if not using and not stopping:
        return
    shown = f'"{value.text}"' if value.text and value.text.isprintable() else "a value"
    effects = []
    if using:
        labels = conjunction([endpoint.label for endpoint in using])
        effects.append(f"{do(readers, 'use')} {labels} all the same")
    if stopping:
        effects.append(do(sdks_of(stopping), "stop at it"))
    yield _FLAG.build(
        "warning",
        f'{IGNORE_FLAG} is {shown}, not "true": {", ".join(effects)}.',
        variable_place(snapshot, IGNORE_FLAG),
        subject=IGNORE_FLAG,
        sdks=tuple(dict.fromkeys((*(readers if using else ()), *sdks_of(stopping)))),
        related=[_at(endpoint) for endpoint in using],
        remedy=(f"`export {IGNORE_FLAG}=true`, or `unset {IGNORE_FLAG}`.",),
    )


def _at(endpoint: Endpoint) -> Location:
    return replace(endpoint.place, message="This endpoint stays in force.")


def _stops_at_flag(trace: Trace) -> bool:
    error = trace.error or (trace.winner.error if trace.winner is not None else None)
    place = error.location if error is not None else None
    return place is not None and (place.logical or "").rpartition("/")[2] == IGNORE_FLAG


def global_sts_token_in_opt_in_region(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a session of the global STS is used where such sessions are not valid."""
    del options
    asking = [t for t in traces if is_opt_in(t.region.value or "") and _asks_sts(t)]
    endpoints = tuple(configured_endpoints(snapshot, traces)) if asking else ()
    groups: dict[tuple[str, Location], list[Trace]] = {}
    for trace in asking:
        place = _global_place(snapshot, trace, endpoints)
        if place is not None:
            groups.setdefault((trace.region.value or "", place), []).append(trace)
    for (region, place), group in groups.items():
        sdks = sdks_of(group)
        roles = "the session of its role" if len(sdks) == 1 else "the sessions of their roles"
        yield _GLOBAL.build(
            "warning",
            f"{do(sdks, 'get')} {roles} from the global endpoint of STS, whose tokens are not "
            f"valid in {region} unless the account issues those of version 2.",
            place,
            subject=region,
            sdks=sdks,
            remedy=(
                f"`export {_REGIONAL}=regional` and unset AWS_ENDPOINT_URL_STS.",
                (
                    "Or once for the account: `aws iam set-security-token-service-preferences "
                    "--global-endpoint-token-version v2Token`."
                ),
            ),
        )


def _asks_sts(trace: Trace) -> bool:
    step = trace.winner
    if step is None or step.offer is None or not step.offer.role:
        return False
    return source_kind(step.source) in ("profile", "web_identity")


def _global_place(
    snapshot: HostSnapshot, trace: Trace, endpoints: tuple[Endpoint, ...]
) -> Optional[Location]:
    """Return what leads to the global endpoint, None when nothing does."""
    for endpoint in endpoints:
        if endpoint.service.upper() in ("STS", "") and trace in endpoint.traces:
            return endpoint.place if endpoint.host == _GLOBAL_STS else None
    if sdk_facts(trace.sdk).get("sts_endpoint") != "global_unless_regional":
        return None
    profile = effective_profiles(snapshot).get(trace.profile) if not trace.unread else None
    stated = text_of(snapshot.variable(_REGIONAL)) or (
        profile.text("sts_regional_endpoints") if profile is not None else None
    )
    if (stated or "").lower() == "regional":
        return None
    return trace.region.location
