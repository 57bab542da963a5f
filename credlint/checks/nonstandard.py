"""CHN118, CHN119 and CHN223: places that some SDKs read and others never look at."""

from __future__ import annotations

from collections.abc import Iterable

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.situation import ACCESS_KEY_ID, contexts_of, is_set
from credlint.checks.wording import do, sdk_list, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import CREDLINTHOST, Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace

_ALIAS = FindingBuilder("CHN118", "nonstandard-key-variables")
_WRONG_NAME = FindingBuilder("CHN223", "wrong-file-variable-name")
_PROPERTIES = FindingBuilder("CHN119", "jvm-properties-shadow")

# Names by which people mean AWS_SHARED_CREDENTIALS_FILE.
_FILE_NAMES = ("AWS_CREDENTIAL_FILE", "AWS_CREDENTIALS_FILE", "AWS_CREDENTIALS_PATH")
_FILE = "AWS_SHARED_CREDENTIALS_FILE"
_TOOLS_SOURCE = "ec2_credential_file"
# Names of an access key id beside the standard one; which SDK reads which is told by its chain.
_ALIASES = ("AWS_ACCESS_KEY", "AMAZON_ACCESS_KEY_ID")
_ENVIRONMENT = ("env", "env_amazon")
_SYSTEM_PROPERTIES = "sysprops"


def nonstandard_key_variables(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a key stands in a variable that only some SDKs read."""
    del options
    standard = snapshot.variable(ACCESS_KEY_ID)
    for name in _ALIASES:
        value = snapshot.variable(name)
        if not value or value.key_id is None or value.key_id.example:
            continue
        if standard and standard.fingerprint == value.fingerprint:
            continue
        readers = [t for t in traces if any(_stands_in(step, name) for step in t.steps)]
        others = [t for t in traces if t not in readers]
        reads = f"{do(sdks_of(readers), 'read')} it" if readers else "no SDK judged here uses it"
        does = "do" if len(others) > 1 else "does"
        ignores = f", {sdk_list(sdks_of(others))} {does} not" if readers and others else ""
        differs = f" It differs from {ACCESS_KEY_ID}." if standard else ""
        level: Level = "warning" if standard else "note"
        yield _ALIAS.build(
            level,
            f"{name} holds {value.key_id.display()}: {reads}{ignores}.{differs}",
            variable_place(snapshot, name),
            subject=name,
            sdks=sdks_of(traces),
            remedy=(f"Rename it to {ACCESS_KEY_ID}, which every SDK reads, or `unset {name}`.",),
        )


def _stands_in(step: Step, name: str) -> bool:
    place = step.location
    named = place is not None and (place.logical or "").rpartition("/")[2] == name
    return named and step.source in _ENVIRONMENT and step.offer is not None


def jvm_properties_shadow(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that keys are given to every JVM as system properties, and what they come before."""
    del options
    steps = [(trace, trace.step(_SYSTEM_PROPERTIES)) for trace in traces]
    given = [(trace, step) for trace, step in steps if step and step.offer]
    if not given:
        return
    winners = [trace for trace, step in given if trace.winner is step]
    losers = [trace for trace, _ in given if trace not in winners]
    parts = []
    if winners:
        over = " before those of the environment" if is_set(snapshot, ACCESS_KEY_ID) else ""
        parts.append(f"{do(sdks_of(winners), 'use')} them{over}")
    if losers:
        first = losers[0].winner.source if losers[0].winner else "another source"
        words = "the environment" if first == "env" else "another source"
        parts.append(f"{do(sdks_of(losers), 'prefer')} {words}")
    machine = contexts_of(snapshot) & {"ec2", "ecs", "eks"}
    place = given[0][1].location
    yield _PROPERTIES.build(
        "error" if machine else "warning",
        "Access keys are given to every JVM as system properties, where every local user's "
        f"process list may show them: {', '.join(parts)}.",
        place or Location("environment", "environment", CREDLINTHOST),
        subject="aws.accessKeyId",
        sdks=sdks_of(trace for trace, _ in given),
        remedy=(
            "Delete every -Daws.… key from the options of the JVM; use the role of the machine.",
        ),
    )


def wrong_file_variable_name(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a variable which names no file to any SDK is meant to name the credentials file.

    AWS_CREDENTIAL_FILE in the form of the EC2 tools is read by boto: that is CHN105.
    """
    del options
    if is_set(snapshot, _FILE) or not traces:
        return
    for name in _FILE_NAMES:
        steps = [t.step(_TOOLS_SOURCE) for t in traces if name == _FILE_NAMES[0]]
        used = any(step is not None and step.offer is not None for step in steps)
        if not is_set(snapshot, name) or used:
            continue
        yield _WRONG_NAME.build(
            "warning",
            f"{name} is not the variable of the shared credentials file: "
            f"{do(sdks_of(traces), 'look')} for {_FILE} alone.",
            variable_place(snapshot, name),
            subject=name,
            sdks=sdks_of(traces),
            remedy=(f'Rename it: `export {_FILE}="${name}"; unset {name}`.',),
        )
