"""CHN414 and CHN418: certificates that cannot be checked, or are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.endpoint_settings import GLOBAL, address_of, is_loopback
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.profiles import effective_profiles
from credlint.checks.sdk_facts import sdk_facts
from credlint.checks.setting_names import mentions
from credlint.checks.situation import contexts_of, text_of
from credlint.checks.wording import do, sdk_list, sdks_of, shell_path
from credlint.model.finding import Finding, Level
from credlint.model.host_file import LaxCommand, PathFact
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import SRCROOT, Location, host_path
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BUNDLE = FindingBuilder("CHN414", "ca-bundle-missing-or-unsafe")
_OFF = FindingBuilder("CHN418", "tls-verification-disabled")

_VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_SETTING = "ca_bundle"
# Go, OpenSSL and rustls also have folders of certificates.
_SYSTEM = "SSL_CERT_FILE"
_OTHERS_WRITE, _STICKY = 0o002, 0o1000
_FAULTS = {
    "absent": "does not exist",
    "not-a-file": "is no file",
    "empty": "is empty",
}
_NODE = "NODE_TLS_REJECT_UNAUTHORIZED"
_PYTHON = "PYTHONHTTPSVERIFY"
# Java v1: SDKGlobalConfiguration.DISABLE_CERT_CHECKING_SYSTEM_PROPERTY; being there is enough.
_JAVA = "com.amazonaws.sdk.disableCertChecking"
_COMMAND_LINES = ("aws-cli-v1", "aws-cli-v2")


@dataclass(frozen=True)
class _Bundle:
    """A file that a variable, or the setting ``name`` of ``owner``, gives to some SDKs."""

    name: str
    owner: str
    fact: PathFact
    place: Location
    subject: str
    sdks: tuple[str, ...]


def ca_bundle_missing_or_unsafe(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the file of trusted certificates is of no use, or that anyone may change it."""
    del options
    for bundle in _named_bundles(snapshot, traces):
        fact, sdks = bundle.fact, bundle.sdks
        fault = _fault_of(fact)
        if fault is not None:
            effect = f"requests of {sdk_list(sdks)} fail"
            if bundle.name == _SYSTEM:
                effect = f"{do(sdks, 'trust')} only what stands elsewhere, if anything"
            remedy = (
                f"Remove {bundle.name}{bundle.owner}, which a VPN or inspection product may have "
                "left behind, or name the file of your company's certificates."
            )
        else:
            fault = _writable_by_others(fact)
            if fault is None:
                continue
            effect = f"who adds a certificate reads and answers what {do(sdks, 'send')}"
            remedy = f"`chmod o-w {shell_path(fact.path)}` and the same for its folders."
        yield _BUNDLE.build(
            "error",
            f"{bundle.name}={fact.path}{bundle.owner} {fault}: {effect}.",
            bundle.place,
            subject=f"{bundle.subject}/{bundle.name}" if bundle.owner else bundle.name,
            sdks=sdks,
            remedy=(remedy,),
        )


def _named_bundles(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[_Bundle]:
    """Yield each file that some SDK would read, with the words, place and SDKs of its setting."""
    for name in _VARIABLES:
        fact = snapshot.path_fact(f"environment/{name}")
        if fact is None or not snapshot.variable(name) or _is_hidden(snapshot, name):
            continue
        sdks = tuple(t.sdk for t in traces if name in sdk_facts(t.sdk).get("ca_bundles", ()))
        if sdks:
            yield _Bundle(name, "", fact, variable_place(snapshot, name), name, sdks)
    if not mentions(snapshot, _SETTING):
        return
    readers = tuple(
        t.sdk for t in traces if _SETTING in sdk_facts(t.sdk).get("ca_bundles", ()) and not t.unread
    )
    if not readers:
        return
    for profile in effective_profiles(snapshot).values():
        setting = profile.settings.get(_SETTING)
        if setting is None or not setting.value:
            continue
        fact = snapshot.path_fact(f"{setting.file.role}/{setting.section.name}/{_SETTING}")
        if fact is not None:
            owner = f" of `[{profile.name}]`"
            yield _Bundle(_SETTING, owner, fact, setting.place(), profile.name, readers)


def _is_hidden(snapshot: HostSnapshot, name: str) -> bool:
    """Tell whether AWS_CA_BUNDLE comes before; botocore then reads REQUESTS_CA_BUNDLE no more."""
    return name == "REQUESTS_CA_BUNDLE" and bool(snapshot.variable("AWS_CA_BUNDLE"))


def _fault_of(fact: PathFact) -> Optional[str]:
    if fact.status == "unreadable":
        return f"cannot be read ({fact.error or 'refused'})"
    if fact.status == "present" and fact.error == "no-certificate":
        return "holds no certificate"
    return _FAULTS.get(fact.status)


def _writable_by_others(fact: PathFact) -> Optional[str]:
    for node in reversed(fact.way):
        if not node.mode & _OTHERS_WRITE:
            continue
        if not node.directory:
            return f"is mode {node.mode & 0o777:04o}, which lets everybody change it"
        if not node.mode & _STICKY:
            return f"is in {node.path}, where everybody may replace it"
    return None


def tls_verification_disabled(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell every switch by which programs accept whatever certificate they are shown."""
    del options
    if _is_emulated(snapshot):
        return
    level: Level = "warning" if contexts_of(snapshot) == {"laptop"} else "error"
    yield from _of_node(snapshot, traces, level)
    yield from _of_python(snapshot, traces)
    yield from _of_java(snapshot, traces, level)
    yield from _of_terraform(snapshot, traces, level)
    for command in snapshot.lax_commands:
        yield _alias(command, traces, level)


def _is_emulated(snapshot: HostSnapshot) -> bool:
    """Tell whether all requests go to an emulator on this machine, which has no real one."""
    _, host = address_of(text_of(snapshot.variable(GLOBAL)))
    return host is not None and is_loopback(host)


_REMEDY = (
    "Remove it. Where a proxy of your company shows certificates of its own, name their issuer: "
    "`export AWS_CA_BUNDLE=FILE`"
)


def _of_node(snapshot: HostSnapshot, traces: tuple[Trace, ...], level: Level) -> Iterator[Finding]:
    value = snapshot.variable(_NODE)
    # Node.js, tls.md: the value "0" and no other.
    if value is None or value.text != "0":
        return
    sdks = tuple(t.sdk for t in traces if _NODE in sdk_facts(t.sdk).get("tls_off", ()))
    programs = f"{sdk_list(sdks)} and all other" if sdks else "all"
    yield _OFF.build(
        level,
        f"TLS verification is off through {_NODE}=0: {programs} programs of Node.js accept any "
        "certificate.",
        variable_place(snapshot, _NODE),
        subject=_NODE,
        sdks=sdks,
        remedy=(f"`unset {_NODE}`.", f"{_REMEDY}, and NODE_EXTRA_CA_CERTS for Node.js."),
    )


def _of_python(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[Finding]:
    """Yield a note: PEP 493 was for Python 2.7 alone, and nothing reads the variable today."""
    value = snapshot.variable(_PYTHON)
    if value is None or value.text != "0":
        return
    sdks = tuple(sdk for sdk in sdks_of(traces) if sdk in ("boto3", "aws-cli-v1"))
    yield _OFF.build(
        "note",
        f"TLS verification is meant to be off through {_PYTHON}=0, which Python 2.7 obeyed; "
        "Python 3 pays no attention to it.",
        variable_place(snapshot, _PYTHON),
        subject=_PYTHON,
        sdks=sdks,
        remedy=(f"`unset {_PYTHON}`.", f"{_REMEDY}."),
    )


def _of_java(snapshot: HostSnapshot, traces: tuple[Trace, ...], level: Level) -> Iterator[Finding]:
    for entry in snapshot.system_properties:
        if entry.name != _JAVA:
            continue
        sdks = tuple(t.sdk for t in traces if _JAVA in sdk_facts(t.sdk).get("tls_off", ()))
        if sdks:
            yield _OFF.build(
                level,
                f"TLS verification is off through -D{_JAVA} in {entry.variable}: "
                f"{do(sdks, 'accept')} any certificate.",
                variable_place(snapshot, entry.variable),
                subject=_JAVA,
                sdks=sdks,
                remedy=(f"Delete -D{_JAVA} from {entry.variable}.", f"{_REMEDY}."),
            )


def _of_terraform(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], level: Level
) -> Iterator[Finding]:
    sdks = tuple(t.sdk for t in traces if t.step("provider_block") is not None)
    for block in snapshot.provider_blocks if sdks else ():
        for argument in block.arguments:
            text = argument.values[0].text if argument.literal and argument.values else None
            if argument.name == "insecure" and text == "true":
                yield _OFF.build(
                    level,
                    f"TLS verification is off through insecure = true of the provider in "
                    f"{block.file}: {do(sdks, 'accept')} any certificate.",
                    Location("file", block.file, SRCROOT, argument.line),
                    subject="insecure",
                    sdks=sdks,
                    remedy=("Delete the line.", f"{_REMEDY}, or custom_ca_bundle."),
                )


def _alias(command: LaxCommand, traces: tuple[Trace, ...], level: Level) -> Finding:
    base, uri = host_path(command.path)
    sdks = tuple(sdk for sdk in sdks_of(traces) if sdk in _COMMAND_LINES)
    what = "shell alias" if command.kind == "shell" else "AWS CLI alias"
    return _OFF.build(
        level,
        f"TLS verification is off through the {what} `{command.name}`, which runs aws with "
        "--no-verify-ssl.",
        Location(
            "file",
            uri,
            base,
            command.line,
            command.column,
            command.line,
            command.end_column,
        ),
        subject=f"{command.kind}/{command.name}",
        sdks=sdks,
        remedy=(
            f"Delete the option from line {command.line} of {command.path}.",
            f"{_REMEDY} or `aws configure set ca_bundle FILE`.",
        ),
    )
