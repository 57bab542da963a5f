"""CHN218 and CHN219: half of a web identity, and token files that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Optional

from credlint.checks.arn import account_of_arn
from credlint.checks.builder import FindingBuilder
from credlint.checks.moments import describe_age, parse_moment
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.profiles import PlacedSetting, effective_profiles, fact_of
from credlint.checks.situation import (
    ACCESS_KEY_ID,
    contexts_of,
    environment_winners,
    is_set,
    text_of,
)
from credlint.checks.stops import error_of, same_place
from credlint.checks.wording import conjunction, do, file_readers, sdks_of, shell_path
from credlint.model.finding import Finding, Level
from credlint.model.host_file import PathFact
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace, source_kind

_HALF = FindingBuilder("CHN218", "web-identity-half-configured")
_UNUSABLE = FindingBuilder("CHN219", "web-identity-token-unusable")

_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  a variable's name
_ROLE = "AWS_ROLE_ARN"
_SETTING = "web_identity_token_file"
# For whom STS takes tokens of service accounts unless the annotation says otherwise (EKS User
# Guide, "Configure the Security Token Service endpoint"; amazon-eks-pod-identity-webhook README).
_AUDIENCES = ("sts.amazonaws.com", "sts.amazonaws.com.cn")
# What the API server issues tokens for by itself (Kubernetes, --api-audiences).
_OWN_AUDIENCE = "kubernetes.default.svc"
_CLOCK_TOLERANCE = timedelta(minutes=5)


def web_identity_half_configured(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the environment has the role or the token file alone."""
    del options
    if is_set(snapshot, _ROLE) == is_set(snapshot, _TOKEN_FILE):
        return
    there, other = (_ROLE, _TOKEN_FILE) if is_set(snapshot, _ROLE) else (_TOKEN_FILE, _ROLE)
    if there == _ROLE and _is_session_of_role(snapshot, traces):
        return
    # botocore takes the missing half from the profile: nothing is missing then.
    concerned = [t for t in traces if _web_steps(t) and not any(s.offer for s in _web_steps(t))]
    if not concerned:
        return
    place = variable_place(snapshot, there)
    stopped: dict[str, list[Trace]] = {}
    for trace in concerned:
        error = error_of(trace)
        if error is not None and error.location and same_place(error.location, place):
            stopped.setdefault(error.name, []).append(trace)
    stopping = [trace for same in stopped.values() for trace in same]
    ignoring = [trace for trace in concerned if trace not in stopping]
    does = [f"{do(sdks_of(ignoring), 'ignore')} it"] if ignoring else []
    for name, same in stopped.items():
        # What Go raises has no name of its own.
        does.append(f"{do(sdks_of(same), 'stop with')} {'an error' if name == 'error' else name}")
    level: Level = "warning" if contexts_of(snapshot) == {"laptop"} else "error"
    role = text_of(snapshot.variable(_ROLE)) or "ROLE_ARN"
    yield _HALF.build(
        level,
        f"{there} is set without {other}, so no role is assumed: {conjunction(does)}.",
        place,
        subject=there,
        sdks=sdks_of(concerned),
        remedy=_half_remedy(there, role),
    )


def _half_remedy(there: str, role: str) -> Iterator[str]:
    if there == _ROLE:
        yield (
            "To assume a role with other credentials, write a profile: `[profile NAME]`, "
            f"`role_arn = {role}`, `source_profile = SOURCE`, and select it with AWS_PROFILE."
        )
        yield f"For a web identity set {_TOKEN_FILE} too; in EKS restart the pod so that both are."
    else:
        yield f"`export {_ROLE}=` with the ARN of the role; in EKS restart the pod so that it is."
    yield f"Or `unset {there}` where it is not meant for the SDKs."


def _web_steps(trace: Trace) -> list[Step]:
    return [step for step in trace.steps if source_kind(step.source) == "web_identity"]


def _is_session_of_role(snapshot: HostSnapshot, traces: Sequence[Trace]) -> bool:
    """Tell whether a pipeline assumed the role already and left its session in the environment."""
    key = snapshot.variable(ACCESS_KEY_ID)
    if key is None or key.key_id is None or key.key_id.prefix != "ASIA":
        return False
    account = account_of_arn(text_of(snapshot.variable(_ROLE)))
    return key.key_id.account == account and len(environment_winners(traces)) == len(traces)


@dataclass(frozen=True)
class _Named:
    """A token file with what names it; ``placed`` None: the environment."""

    fact: PathFact
    place: Location
    subject: str
    role: Optional[str]
    placed: Optional[PlacedSetting] = None


def web_identity_token_unusable(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a token file that belongs to a role is missing, closed, empty, over or foreign."""
    contexts = contexts_of(snapshot)
    for named in _token_files(snapshot, traces):
        fault = _fault(snapshot, named.fact, options, in_cluster="eks" in contexts)
        if fault is None:
            continue
        words, remedy, certain = fault
        users = [trace for trace in traces if _uses(trace, named.place)]
        level: Level = "error" if users or contexts & {"eks", "ci"} else "warning"
        sdks = sdks_of(users) or file_readers(traces)
        role = named.role or "the role"
        yield _UNUSABLE.build(
            level if certain else "warning",
            f"Token file {named.fact.path} {words}: {do(sdks, 'fail to assume')} {role} with it.",
            named.place,
            subject=named.subject,
            sdks=sdks,
            remedy=remedy,
        )


def _token_files(snapshot: HostSnapshot, traces: Sequence[Trace]) -> Iterator[_Named]:
    fact = snapshot.path_fact(f"environment/{_TOKEN_FILE}")
    place = variable_place(snapshot, _TOKEN_FILE)
    # Without a role it is never opened, and CHN218 says so.
    used = is_set(snapshot, _ROLE) or any(_offers(trace, place) for trace in traces)
    if fact is not None and fact.named and used:
        yield _Named(fact, place, _TOKEN_FILE, text_of(snapshot.variable(_ROLE)))
    for profile in effective_profiles(snapshot).values():
        setting = profile.settings.get(_SETTING)
        if setting is None or "role_arn" not in profile.settings:
            continue
        fact = fact_of(snapshot, setting, "web-identity-token")
        if fact is not None:
            role = profile.text("role_arn")
            yield _Named(fact, setting.place(), profile.name, role, setting)


def _offers(trace: Trace, place: Location) -> bool:
    """Tell whether an SDK has found the rest elsewhere, such as the role in the profile."""
    return any(
        step.offer is not None and step.location is not None and same_place(step.location, place)
        for step in trace.steps
    )


def _uses(trace: Trace, place: Location) -> bool:
    """Tell whether an SDK comes to what names the token file, be it to go on from there."""
    error = error_of(trace)
    if error is not None and error.location is not None and same_place(error.location, place):
        return True
    for step in trace.steps:
        if step.location is not None and same_place(step.location, place):
            return step.status in ("selected", "broken")
        if step == trace.winner:
            return False
    return False


_Fault = tuple[str, tuple[str, ...], bool]


def _fault(
    snapshot: HostSnapshot, fact: PathFact, options: CheckOptions, *, in_cluster: bool
) -> Optional[_Fault]:
    """Return what is wrong, what to do, and whether that is certain."""
    restart = "In EKS check the service account's volume and restart the pod."
    path = shell_path(fact.path)
    if fact.status == "absent":
        return "does not exist", (f"Correct the path, or mount the token at {path}.", restart), True
    if fact.status == "unreadable":
        return _closed(snapshot, fact)
    if fact.status == "not-a-file":
        why = "A volume is mounted there under the wrong name: name the file in it."
        return "is not a file", (why,), True
    if fact.status == "empty":
        return "is empty", (restart, "Elsewhere run what writes the token again."), True
    if fact.error == "UnicodeDecodeError":
        return "is not text", ("Have the token itself written there, not an archive of it.",), True
    return _expired(fact, options, restart) or (_foreign(fact) if in_cluster else None)


def _closed(snapshot: HostSnapshot, fact: PathFact) -> _Fault:
    uid = snapshot.platform.uid
    user = f"uid {uid}" if uid is not None else "this user"
    if fact.closed_by is not None:
        words = f"cannot be reached by {user}, who may not pass {fact.closed_by}"
    else:
        words = f"cannot be read by {user} ({fact.error or 'refused'})"
    return (
        words,
        (
            (
                "In Kubernetes let the pod's group read it: `securityContext.fsGroup: 65534`, or "
                "run the container as the user that owns it (`runAsUser`)."
            ),
            f"Elsewhere: `chgrp GROUP {shell_path(fact.path)}` and `chmod 640` it.",
        ),
        True,
    )


def _expired(fact: PathFact, options: CheckOptions, restart: str) -> Optional[_Fault]:
    moment = parse_moment(fact.expires) if fact.expires else None
    now = parse_moment(options.now)
    if moment is None or now is None or now.time - moment.time < _CLOCK_TOLERANCE:
        return None
    age = describe_age(now.time - moment.time)
    again = "Run what writes the token again; a CI job has to ask for a new one."
    return f"expired {age} ago (exp {fact.expires})", (restart, again), True


def _foreign(fact: PathFact) -> Optional[_Fault]:
    if not fact.audiences or any(one in _AUDIENCES for one in fact.audiences):
        return None
    own = any(_OWN_AUDIENCE in one for one in fact.audiences)
    return (
        f"is meant for {conjunction(fact.audiences)}, not for {_AUDIENCES[0]}",
        (
            (
                "Name the token that EKS mounts for AWS: "
                "`/var/run/secrets/eks.amazonaws.com/serviceaccount/token`."
            ),
            (
                "Where another audience is meant, the identity provider in IAM must list it: "
                "`aws iam list-open-id-connect-providers`."
            ),
        ),
        own,
    )
