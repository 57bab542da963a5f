"""CHN117 and CHN121: variables by which one service, or one platform, acts as somebody else."""

from __future__ import annotations

from collections.abc import Iterable

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.situation import (
    ACCESS_KEY_ID,
    SESSION_TOKEN,
    contexts_of,
    environment_winners,
    is_set,
    key_variables_set,
)
from credlint.checks.wording import describe_key, do, sdk_list, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BEDROCK = FindingBuilder("CHN117", "bedrock-api-key-overrides-iam")
_LAMBDA = FindingBuilder("CHN121", "lambda-runtime-credentials-replaced")

_TOKEN = "AWS_BEARER_TOKEN_BEDROCK"  # noqa: S105  a variable's name
_LONG, _SHORT = "bedrock-long-term", "bedrock-short-term"
_MACHINES = frozenset(("ec2", "ecs", "eks", "lambda"))


def bedrock_api_key_overrides_iam(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that calls of Bedrock are made with a key of its own, whatever the chain gives."""
    del options
    value = snapshot.variable(_TOKEN)
    if not value:
        return
    long = _LONG in value.signs
    kind = "long-term " if long else "short-term " if _SHORT in value.signs else ""
    machine = bool(contexts_of(snapshot) & _MACHINES) and "ci" not in contexts_of(snapshot)
    level: Level = "error" if long and machine else "warning"
    instead = _identity(traces)
    yield _BEDROCK.build(
        level,
        f"{_TOKEN} is set: SDKs that know it make calls of Amazon Bedrock with this {kind}API key, "
        f"not with {instead}.",
        variable_place(snapshot, _TOKEN),
        subject=_TOKEN,
        sdks=sdks_of(traces),
        remedy=(
            f"`unset {_TOKEN}`, and allow the role or profile to call Bedrock.",
            "Then delete the key: `aws iam list-service-specific-credentials --service-name "
            "bedrock.amazonaws.com` shows its id, `aws iam delete-service-specific-credential "
            "--service-specific-credential-id ID` deletes it."
            if long
            else "A short-term key ends by itself after twelve hours at most.",
        ),
    )


def _identity(traces: Iterable[Trace]) -> str:
    for trace in traces:
        offer = trace.winner.offer if trace.winner is not None else None
        if offer is None:
            continue
        if offer.role:
            return f"the role `{offer.role}`"
        if offer.profile:
            return f"profile `{offer.profile}`"
        return f"the keys of the environment ({describe_key(offer)})"
    return "a role or profile"


def lambda_runtime_credentials_replaced(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that long-term keys stand where Lambda puts the session of the function's role."""
    del options
    value = snapshot.variable(ACCESS_KEY_ID)
    key_id = value.key_id if value is not None else None
    if "lambda" not in contexts_of(snapshot) or key_id is None:
        return
    if key_id.prefix != "AKIA" or key_id.example:
        return
    users = sdks_of(environment_winners(traces))
    if not users:
        return
    left = is_set(snapshot, SESSION_TOKEN)
    effect = (
        f"{SESSION_TOKEN} is still that of the role, so every call of {sdk_list(users)} fails"
        if left
        else f"{do(users, 'act')} as that user, and the execution role is never used"
    )
    account = f", account {key_id.account}" if key_id.account else ""
    yield _LAMBDA.build(
        "error",
        f"{ACCESS_KEY_ID} holds a long-term key ({key_id.display()}{account}) where Lambda puts "
        f"the session of the execution role: {effect}.",
        variable_place(snapshot, ACCESS_KEY_ID),
        subject=key_id.display(),
        sdks=users,
        related=_token_place(snapshot) if left else [],
        remedy=(
            (
                "1. Remove what sets "
                f"{' '.join(key_variables_set(snapshot))}: a .env file in the package, "
                "a layer, code that writes to its own environment."
            ),
            (
                "2. Give the execution role what the function needs; for another account assume a "
                "role in code."
            ),
            "3. Deactivate the key once nothing uses it any more.",
        ),
        properties=[("key_id", key_id.display())],
    )


def _token_place(snapshot: HostSnapshot) -> list[Location]:
    return [variable_place(snapshot, SESSION_TOKEN, "The token of the role's session.")]
