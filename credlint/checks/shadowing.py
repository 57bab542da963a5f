"""CHN101 and CHN102: keys in the environment that come before the role of the machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.arn import account_of_arn
from credlint.checks.builder import FindingBuilder
from credlint.checks.endpoints import OWN_ENDPOINT, has_own_endpoint
from credlint.checks.options import CheckOptions
from credlint.checks.places import step_place, variable_place
from credlint.checks.situation import (
    ACCESS_KEY_ID,
    contexts_of,
    environment_winners,
    key_variables_set,
    marked_by,
    session_marker,
    shadowed_instance_role,
    shadowed_steps,
    shadowed_workload_role,
    workload_variable,
)
from credlint.checks.winning_key import has_placeholder
from credlint.checks.wording import (
    describe_key,
    lower,
    retirement,
    sdk_list,
    sdks_of,
)
from credlint.model.captured import KeyId
from credlint.model.finding import Finding, Level
from credlint.model.location import Location, container_endpoint, imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Offer, Step, Trace

_INSTANCE = FindingBuilder("CHN101", "env-keys-shadow-instance-role")
_WORKLOAD = FindingBuilder("CHN102", "env-keys-shadow-workload-role")

_SOURCE_TITLES = {
    "sysprops": "system properties of the JVM",
    "env_amazon": "keys in variables that begin with AMAZON_",
    "role_profile": "a profile that assumes a role",
    "credential_source": "a profile that assumes a role",
    "web_identity": "a web identity role",
    "web_identity_env": "a web identity role",
    "web_identity_profile": "a web identity role of a profile",
    "sso_profile": "an IAM Identity Center profile",
    "static_credentials_file": "keys in the credentials file",
    "static_profile": "keys in a profile",
    "login_profile": "an `aws login` session",
    "process_profile": "a credential_process",
    "static_config_file": "keys in the config file",
    "ec2_credential_file": "the file named by AWS_CREDENTIAL_FILE",
    "boto2_config": "a boto 2 configuration file",
    "container": "the container credentials endpoint",
    "imds": "the instance role",
}


def env_keys_shadow_instance_role(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that keys of the environment win where the instance has a role of its own.

    Silent when the keys are the role's own session; where a task, pod or build role is hidden
    too, CHN102 speaks, and CHN120 where they are made up.
    """
    del options
    winners = [
        trace
        for trace in environment_winners(traces)
        if shadowed_instance_role(trace) is not None
        and shadowed_workload_role(snapshot, trace) is None
        and not has_placeholder(snapshot, trace)
    ]
    if not winners:
        return
    offer = _offer(winners[0])
    role = snapshot.imds.role or _role_name(winners[0], "imds")
    if role is None:
        return
    if _is_own_session(offer, snapshot.imds.account):
        return
    level: Level = "warning" if "ci" in contexts_of(snapshot) else "error"
    level, marked = _lower_when_marked(snapshot, level)
    if offer.key_id is None and has_own_endpoint(snapshot, winners[0].profile):
        level, marked = "note", f"{marked} {OWN_ENDPOINT}"
    sdks = sdks_of(winners)
    message = (
        f"Environment keys ({describe_key(offer)}) win over instance role `{role}`; "
        f"the role is never used by {sdk_list(sdks)}."
    )
    related = [imds(f"iam/security-credentials/{role}", f"Instance role `{role}` is never used.")]
    related += _other_places(winners, skip="imds")
    yield _INSTANCE.build(
        level,
        message + marked,
        variable_place(snapshot, ACCESS_KEY_ID),
        subject=_subject(offer),
        sdks=sdks,
        related=related,
        remedy=_remedy(snapshot, offer, f"`assumed-role/{role}`", _next_source(winners[0], "imds")),
        properties=_properties(offer, role, snapshot.imds.account),
    )


def env_keys_shadow_workload_role(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that keys of the environment win where a task, pod or build has a role of its own."""
    winners = [
        trace
        for trace in environment_winners(traces)
        if shadowed_workload_role(snapshot, trace) is not None
        and not has_placeholder(snapshot, trace)
    ]
    if not winners:
        return
    offer = _offer(winners[0])
    step = shadowed_workload_role(snapshot, winners[0])
    if step is None or _is_own_session(offer, _account_of(step)):
        return
    variable = workload_variable(snapshot, step) or ""
    role = step.offer.role if step.offer else None
    title = _workload_title(snapshot, step)
    named = f"{title} `{role}`" if role else title
    level, marked = _lower_when_marked(snapshot, _workload_level(snapshot, offer, options))
    sdks = sdks_of(winners)
    message = (
        f"Environment keys ({describe_key(offer)}) win over the {named} offered by {variable}; "
        f"the role is never used by {sdk_list(sdks)}."
    )
    if step.error is not None:
        message += f" Without them it would fail with {step.error.name}."
    place = variable_place(snapshot, variable, f"The {named} is never used.")
    related = [place, *_other_places(winners, skip=step.source)]
    yield _WORKLOAD.build(
        level,
        message + marked,
        variable_place(snapshot, ACCESS_KEY_ID),
        subject=_subject(offer),
        sdks=sdks,
        related=related,
        remedy=_workload_remedy(snapshot, offer, role),
        properties=_properties(offer, role, _account_of(step)),
    )


def _offer(trace: Trace) -> Offer:
    found = trace.winner.offer if trace.winner else None
    return found or Offer(kind="static")


def _subject(offer: Offer) -> str:
    return offer.key_id.display() if offer.key_id else ACCESS_KEY_ID


def _role_name(trace: Trace, source: str) -> Optional[str]:
    step = trace.step(source)
    return step.offer.role if step and step.offer else None


def _account_of(step: Step) -> Optional[str]:
    """Return the account of a step's role: as told, else from its ARN."""
    if step.offer is None:
        return None
    if step.offer.account:
        return step.offer.account
    return account_of_arn(step.offer.role)


def _is_own_session(offer: Offer, account: Optional[str]) -> bool:
    """Tell whether the keys look like a session of the shadowed role, exported by hand."""
    key_id: Optional[KeyId] = offer.key_id
    if key_id is None or key_id.prefix != "ASIA" or not offer.has_token:
        return False
    return account is not None and key_id.account == account


def _lower_when_marked(snapshot: HostSnapshot, level: Level) -> tuple[Level, str]:
    marker = session_marker(snapshot)
    return (lower(level), f" {marked_by(marker)}") if marker else (level, "")


def _workload_level(snapshot: HostSnapshot, offer: Offer, options: CheckOptions) -> Level:
    contexts = contexts_of(snapshot)
    account = offer.key_id.account if offer.key_id else None
    if account is not None and account in options.expected_accounts:
        return "warning"
    if "codebuild" in contexts:
        return "warning"
    # A local credential server (aws-vault --server, granted) offers a person's own session.
    return "note" if contexts == {"laptop"} else "error"


def _workload_title(snapshot: HostSnapshot, step: Step) -> str:
    contexts = contexts_of(snapshot)
    if step.source.startswith("web_identity"):
        return "IRSA role" if "eks" in contexts else "web identity role"
    if "codebuild" in contexts:
        return "CodeBuild role"
    if "eks" in contexts:
        return "EKS Pod Identity role"
    return "ECS task role" if "ecs" in contexts else "role of the container endpoint"


def _other_places(winners: list[Trace], skip: str) -> list[Location]:
    """Return the other shadowed sources of all SDKs, in chain order, each place once."""
    places: dict[tuple[str, str, str, int], Location] = {}
    for trace in winners:
        for step in shadowed_steps(trace):
            if step.source == skip:
                continue
            title = _SOURCE_TITLES.get(step.source, step.source)
            key = f" ({describe_key(step.offer)})" if step.offer and step.offer.key_id else ""
            message = f"Also hidden: {title}{key}."
            place = step_place(step, message)
            if place is None:
                place = _virtual_place(step, message)
            if place is not None:
                places.setdefault((step.source, place.base, place.uri, place.line), place)
    return list(places.values())


def _virtual_place(step: Step, message: str) -> Optional[Location]:
    if step.source == "imds":
        return imds(message=message)
    return container_endpoint(message) if step.source == "container" else None


def _next_source(trace: Trace, role_source: str) -> Optional[str]:
    """Return the source that comes between the removed keys and the role, if any."""
    first = next(iter(shadowed_steps(trace)), None)
    if first is None or first.source == role_source:
        return None
    title = _SOURCE_TITLES.get(first.source, first.source)
    return f"{title} ({first.location.display()})" if first.location else title


def _remedy(
    snapshot: HostSnapshot, offer: Offer, identity: str, following: Optional[str]
) -> Iterator[str]:
    shown = f"`aws sts get-caller-identity` must show {identity}"
    shown += f"; {following} would come next, so remove that too." if following else "."
    names = " ".join(key_variables_set(snapshot))
    marker = session_marker(snapshot)
    if marker is not None or "ci" in contexts_of(snapshot):
        yield (
            f"1. {marker} tells of a session tool's shell: leave it with `exit`, or "
            f"`unset {names}` in it."
            if marker
            else "1. Delete what sets them in the pipeline: the variable or secret of the project, "
            "`env:` of the workflow, or the step that logs in to AWS, if the role is meant."
        )
        yield f"2. {shown}"
        yield f"3. {retirement(offer)}"
        return
    yield (
        "1. Find what sets them: `systemctl cat UNIT` for a service, `grep -lrs AWS_ACCESS_KEY_ID "
        "/etc/environment /etc/profile.d /etc/systemd/system ~/.profile ~/.bash_profile ~/.bashrc "
        "~/.zshrc .env` for the rest (it prints file names only); delete the lines there."
    )
    yield f"2. In open shells: `unset {names}`."
    yield "3. Restart what was started with them: `systemctl restart UNIT`."
    yield f"4. {shown}"
    yield f"5. {retirement(offer)}"


def _workload_remedy(snapshot: HostSnapshot, offer: Offer, role: Optional[str]) -> Iterator[str]:
    names = " ".join(key_variables_set(snapshot))
    yield (
        f"1. Remove {names} from the task definition, pod spec, build project or image (`ENV`) "
        "that sets them."
    )
    yield f"2. Deploy again; in an open shell: `unset {names}`."
    name = f"`assumed-role/{role.rpartition('/')[2]}`" if role else "the assumed role"
    yield f"3. `aws sts get-caller-identity` must show {name}."
    yield (
        "4. Where another account is meant, use a profile with role_arn and credential_source "
        "instead of keys."
    )
    yield f"5. {retirement(offer)}"


def _properties(
    offer: Offer, role: Optional[str], account: Optional[str]
) -> Iterator[tuple[str, str]]:
    if offer.key_id:
        yield "key_id", offer.key_id.display()
        if offer.key_id.account:
            yield "account", offer.key_id.account
    if role:
        yield "role", role
    if account:
        yield "role_account", account
