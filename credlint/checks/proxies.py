"""CHN412 and CHN413: requests for the machine's role that go to a proxy instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.endpoint_settings import address_of
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.sdk_facts import sdk_facts
from credlint.checks.situation import contexts_of, text_of
from credlint.checks.wording import do, sdks_of
from credlint.model.finding import Finding
from credlint.model.lean_dataclasses import dataclass
from credlint.model.no_proxy import entries_of, is_exempt, is_meant
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace, source_kind

_THROUGH = FindingBuilder("CHN412", "metadata-through-proxy")
_VAIN = FindingBuilder("CHN413", "no-proxy-pattern-ineffective")

_MACHINES = frozenset(("ec2", "ecs", "eks"))
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_DISABLED = "AWS_EC2_METADATA_DISABLED"
# What every SDK should ask directly: IMDS, ECS, EKS Pod Identity, the latter two over IPv6.
_DIRECT = "169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23,localhost"


@dataclass(frozen=True)
class _Detour:
    """A request that goes to a proxy: its address, the variables, and an entry that was in vain."""

    address: str
    variable: str
    exceptions: Optional[str]
    vain: Optional[str]


def metadata_through_proxy(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell which SDKs ask a proxy for the role of this machine."""
    del options
    for detour, group in _detours(snapshot, traces).items():
        if detour.vain is not None:
            continue
        sdks = sdks_of(group)
        lacks = (
            f"{detour.exceptions} lacks {detour.address}"
            if detour.exceptions
            else "NO_PROXY is not set"
        )
        yield _THROUGH.build(
            "error",
            f"{detour.variable} is set and {lacks}: {do(sdks, 'ask')} the proxy for the role of "
            "this machine, and it answers with a role of its own or sees the keys of this one.",
            variable_place(snapshot, detour.variable),
            subject=f"{detour.variable}/{detour.address}",
            sdks=sdks,
            remedy=(
                f"`export NO_PROXY={_DIRECT} no_proxy={_DIRECT}`, after what they hold already.",
                "In a unit: `Environment=NO_PROXY=…` beside the line that sets the proxy.",
            ),
        )


def no_proxy_pattern_ineffective(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that an entry was meant to keep the metadata address from the proxy, and does not."""
    del options
    for detour, group in _detours(snapshot, traces).items():
        if detour.vain is None or detour.exceptions is None:
            continue
        sdks = sdks_of(group)
        yield _VAIN.build(
            "warning",
            f'The entry "{detour.vain}" of {detour.exceptions} is not understood by every SDK: '
            f"{do(sdks, 'ask')} for {detour.address} through the proxy of {detour.variable}.",
            variable_place(snapshot, detour.exceptions),
            subject=detour.vain,
            sdks=sdks,
            related=[variable_place(snapshot, detour.variable, "This proxy is asked.")],
            remedy=(f"List the addresses one by one: `{detour.exceptions}={_DIRECT}`.",),
        )


def _detours(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Mapping[_Detour, list[Trace]]:
    found: dict[_Detour, list[Trace]] = {}
    asked = _asked(snapshot)
    for trace in traces if asked is not None and contexts_of(snapshot) & _MACHINES else ():
        source, address = asked or ("", "")
        if not _comes_to(trace):
            continue
        detour = _detour(snapshot, trace.sdk, source, address)
        if detour is not None:
            found.setdefault(detour, []).append(trace)
    return found


def _asked(snapshot: HostSnapshot) -> Optional[tuple[str, str]]:
    """Return which service has the machine's role and its address; only link-local ones count."""
    container, evidence = snapshot.container, snapshot.imds
    if container.variable is not None:
        plain = container.scheme == "http" and container.host
        return ("container", container.host or "") if plain and _is_ours(container.host) else None
    if (text_of(snapshot.variable(_DISABLED)) or "").lower() == "true":
        return None
    if evidence.answers and evidence.role is None:
        return None
    named = text_of(snapshot.variable(_ENDPOINT)) or evidence.endpoint
    host = address_of(named)[1]
    return ("imds", host) if host is not None and _is_ours(host) else None


def _is_ours(host: Optional[str]) -> bool:
    return host is not None and host.startswith(("169.254.", "fd00:ec2::"))


def _comes_to(trace: Trace) -> bool:
    """Tell whether an SDK comes to ask the machine for its role, as far as can be told."""
    if trace.error is not None:
        return False
    step = trace.winner
    if step is None:
        return True
    inner = step.offer.source if step.offer is not None else None
    return source_kind(step.source) in ("imds", "container") or inner in ("imds", "container")


def _detour(snapshot: HostSnapshot, sdk: str, source: str, address: str) -> Optional[_Detour]:
    """Return how an SDK's request goes, None when it goes where it is addressed to."""
    for rule in sdk_facts(sdk).get("proxy", ()):
        variable = _first_set(snapshot, rule, "variables")
        if variable is None or source not in rule["asks"]:
            continue
        exceptions = _first_set(snapshot, rule, "no_proxy")
        text = text_of(snapshot.variable(exceptions)) if exceptions else None
        if text and is_exempt(rule["reads"], text, address):
            return None
        vain = next((e for e in entries_of(text or "") if is_meant(e, address)), None)
        return _Detour(address, variable, exceptions, vain)
    return None


def _first_set(snapshot: HostSnapshot, rule: Mapping[str, Any], key: str) -> Optional[str]:
    """Return the variable that counts; for some an empty one takes those after it away."""
    names: list[str] = rule[key]
    for name in names:
        value = snapshot.variable(name)
        if value:
            return name
        if value is not None and rule.get("empty_removes", False):
            return None
    return None
