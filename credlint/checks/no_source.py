"""CHN232: a chain that ends without credentials and without an exception."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place, variable_place
from credlint.checks.profile_kinds import usable_kinds
from credlint.checks.profiles import Profile, effective_profiles
from credlint.checks.situation import ACCESS_KEY_ID, contexts_of
from credlint.checks.wording import sdk_list, sdks_of
from credlint.model.finding import Finding
from credlint.model.location import Location, container_endpoint, imds
from credlint.model.sdk_names import sdk_name
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace, source_kind

CODE = "CHN232"
_NONE = FindingBuilder(CODE, "no-credential-source")

_TITLES = {
    "env": "environment",
    "sysprops": "system properties",
    "web_identity": "web identity",
    "container": "container endpoint",
    "imds": "instance metadata",
    "ec2_credential_file": "AWS_CREDENTIAL_FILE",
    "boto2_config": "boto 2",
    "provider_block": "provider block",
}
# What is not there on any ordinary host, and worth no word when it is absent.
_RARE = frozenset(
    ("sysprops", "ec2_credential_file", "boto2_config", "provider_block", "provider_assume_role")
)
_RARE_KINDS = _RARE | {"provider_web_identity"}
_MOST_PROFILES = 3


def no_credential_source(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell what was looked at and why each gave nothing; ``run`` drops it where a rule explains."""
    del options
    without = [trace for trace in traces if trace.outcome == "none"]
    # A role may be there that nobody asked for; that it was not asked stands under Not examined.
    unasked = not snapshot.imds.probed and any(place == "imds" for place, _ in snapshot.skipped)
    if not without or unasked:
        return
    first = without[0]
    sdks = sdks_of(without)
    count = len(first.steps)
    whose = "" if len(sdks) == 1 else f" of {sdk_name(first.sdk)}"
    reasons = "; ".join(_reasons(snapshot, first))
    yield _NONE.build(
        "error",
        f"No credential source resolves for {sdk_list(sdks)}. The {count} sources{whose} that "
        f"were looked at: {reasons}.",
        _place(snapshot, first),
        subject=first.profile or "default",
        sdks=sdks,
        remedy=_remedy(snapshot, without),
        properties=[("profile", trace.profile) for trace in without[:1]],
    )


def _reasons(snapshot: HostSnapshot, trace: Trace) -> Iterator[str]:
    """Yield each kind of source with the reason that its steps gave, in the order of the chain."""
    kinds: dict[str, list[Step]] = {}
    for step in trace.steps:
        kinds.setdefault(source_kind(step.source), []).append(step)
    for kind, steps in kinds.items():
        broken = [step for step in steps if step.status == "broken"]
        if kind in _RARE_KINDS and not broken and not any(step.location for step in steps):
            continue
        if broken:
            text = broken[0].detail
        elif kind == "profile":
            text = _profile_reason(snapshot, trace)
        else:
            text = steps[0].detail
        title = f"profile `{trace.profile}`" if kind == "profile" else _TITLES.get(kind, kind)
        yield f"{title} ({text})"


def _profile_reason(snapshot: HostSnapshot, trace: Trace) -> str:
    profile = effective_profiles(snapshot).get(trace.profile)
    if profile is None:
        files = [snapshot.file(role) for role in ("config", "credentials")]
        there = [file.path for file in files if file and file.status == "read"]
        return f"not in {' or '.join(there)}" if there else "neither AWS file is there"
    kinds = usable_kinds(profile)
    if kinds:
        return "its settings give nothing in this SDK"
    return "it holds no credentials" if profile.settings else "it is empty"


def _place(snapshot: HostSnapshot, trace: Trace) -> Location:
    profile = effective_profiles(snapshot).get(trace.profile)
    if profile is not None and profile.settings:
        placed = next(iter(profile.settings.values()))
        return file_place(placed.file, placed.section.line, placed.section.name)
    if snapshot.container.variable is not None:
        return container_endpoint()
    if snapshot.imds.answers:
        return imds("iam/security-credentials/")
    return variable_place(snapshot, ACCESS_KEY_ID)


def _remedy(snapshot: HostSnapshot, without: Sequence[Trace]) -> Iterator[str]:
    contexts = contexts_of(snapshot)
    if "lambda" in contexts:
        yield (
            "Lambda gives every function its role's keys as variables: look for code that clears "
            "the environment."
        )
    elif "codebuild" in contexts:
        yield "Give the project a service role, and do not clear the environment of the build."
    elif snapshot.variable("KUBERNETES_SERVICE_HOST") is not None:
        yield (
            "Give the service account a role: `aws eks create-pod-identity-association "
            "--cluster-name CLUSTER --namespace NAMESPACE --service-account NAME --role-arn ARN`, "
            "then restart the pod."
        )
    elif "ecs" in contexts:
        yield "Give the task a role: `taskRoleArn` in its definition, then deploy it again."
    elif "ec2" in contexts:
        instance = shlex.quote(snapshot.imds.instance_id or "INSTANCE_ID")
        yield (
            f"Attach a role: `aws ec2 associate-iam-instance-profile --instance-id {instance} "
            "--iam-instance-profile Name=NAME`."
        )
    elif "ci" in contexts:
        yield (
            "Let the job assume a role with the pipeline's own token: for GitHub "
            "`aws-actions/configure-aws-credentials` with `role-to-assume` and the permission "
            "`id-token: write`."
        )
    elif "container" in contexts:
        yield (
            "Give the container keys of a session at run time, or run it where its platform gives "
            "workloads a role; do not build keys into the image."
        )
    yield from _profile_remedy(effective_profiles(snapshot), without)
    if contexts == {"laptop"}:
        yield "Or log in anew: `aws configure sso`, with long-term keys `aws configure`."


def _profile_remedy(profiles: dict[str, Profile], without: Sequence[Trace]) -> Iterator[str]:
    selected = {trace.profile for trace in without}
    ready = [n for n, profile in profiles.items() if n not in selected and usable_kinds(profile)]
    if ready:
        shown = ", ".join(f"`export AWS_PROFILE={shlex.quote(n)}`" for n in ready[:_MOST_PROFILES])
        more = f" ({len(ready) - _MOST_PROFILES} more)" if len(ready) > _MOST_PROFILES else ""
        yield f"Select a profile that has credentials: {shown}{more}."
