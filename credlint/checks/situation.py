"""What the checks ask of a snapshot and its traces again and again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from credlint.model.captured import CapturedValue
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace

ACCESS_KEY_ID = "AWS_ACCESS_KEY_ID"
SECRET_ACCESS_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105  a variable's name, not a value
SESSION_TOKEN = "AWS_SESSION_TOKEN"  # noqa: S105  a variable's name, not a value
SECURITY_TOKEN = "AWS_SECURITY_TOKEN"  # noqa: S105  a variable's name, not a value
KEY_VARIABLES = (ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN, SECURITY_TOKEN)

# Tools that put short-lived keys into a shell on purpose and mark it: aws-vault exec sets
# AWS_VAULT (99designs/aws-vault cli/exec.go), granted sets GRANTED_SSO and the like
# (fwdcloudsec/granted pkg/assume/assume.go).
_SESSION_MARKERS = ("AWS_VAULT", "GRANTED", "GRANTED_SSO", "GRANTED_SSO_ROLE_NAME")

CONTAINER_VARIABLES = (
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


# Nobody sits there, whatever is attached.
_WITHOUT_PEOPLE = frozenset(("ci", "codebuild", "lambda"))

# A source that holds credentials behind the winner, or of which only the variable is known.
_HIDDEN = ("shadowed", "not-reached")


def contexts_of(snapshot: HostSnapshot) -> frozenset[str]:
    """Return the contexts; an answering IMDS that lists a role makes any host an EC2 host."""
    contexts = set(snapshot.platform.contexts)
    if snapshot.imds.role:
        contexts.discard("laptop")
        contexts.add("ec2")
    return frozenset(contexts)


def is_unattended(snapshot: HostSnapshot) -> bool:
    """Tell whether nobody can be asked here; where it is not known, only a laptop has a person."""
    contexts = contexts_of(snapshot)
    if contexts & _WITHOUT_PEOPLE:
        return True
    interactive = snapshot.platform.interactive
    return "laptop" not in contexts if interactive is None else not interactive


def is_set(snapshot: HostSnapshot, name: str) -> bool:
    """Tell whether the variable is set and not empty, as SDKs test it."""
    return bool(snapshot.variable(name))


def key_variables_set(snapshot: HostSnapshot) -> tuple[str, ...]:
    """Return those of the key variables that are set at all, empty ones included."""
    return tuple(name for name in KEY_VARIABLES if snapshot.variable(name) is not None)


def variable_line(snapshot: HostSnapshot, name: str) -> int:
    """Return the variable's line in the sorted listing of names that reports embed."""
    names = sorted(entry.name for entry in snapshot.environment)
    return names.index(name) + 1 if name in names else 1


def session_marker(snapshot: HostSnapshot) -> Optional[str]:
    """Return the variable by which a session tool says that it set the keys, if any."""
    return next((name for name in _SESSION_MARKERS if is_set(snapshot, name)), None)


def marked_by(marker: str) -> str:
    """Return what a session tool's marker means for the keys beside it."""
    return f"{marker} is set, so a session tool may have put them there on purpose."


def environment_winners(traces: Iterable[Trace]) -> tuple[Trace, ...]:
    """Return the traces in which the keys of the environment win."""
    return tuple(t for t in traces if t.winner is not None and t.winner.source == "env")


def shadowed_steps(trace: Trace) -> tuple[Step, ...]:
    """Return the sources that hold credentials but come after the winner."""
    return tuple(step for step in trace.steps if step.status == "shadowed")


def shadowed_instance_role(trace: Trace) -> Optional[Step]:
    """Return the instance role's step when an earlier source keeps it from being asked."""
    step = trace.step("imds")
    return step if step is not None and step.status in _HIDDEN else None


def workload_variable(snapshot: HostSnapshot, step: Step) -> Optional[str]:
    """Return the variable by which the environment offers a workload role in this step."""
    if step.source == "container":
        return next((name for name in CONTAINER_VARIABLES if is_set(snapshot, name)), None)
    variable = "AWS_WEB_IDENTITY_TOKEN_FILE"
    if step.source.startswith("web_identity") and is_set(snapshot, variable):
        return variable
    return None


def shadowed_workload_role(snapshot: HostSnapshot, trace: Trace) -> Optional[Step]:
    """Return the first step behind the winner that offers the role of a task, pod or build.

    The variable alone is the offer: an endpoint that is broken besides is hidden all the same.
    """
    for step in trace.steps:
        if step.status in (*_HIDDEN, "broken") and workload_variable(snapshot, step):
            return step
    return None


def text_of(value: Optional[CapturedValue]) -> Optional[str]:
    """Return the text of a value that may be shown, None for a secret or missing one."""
    return value.text if value is not None else None
