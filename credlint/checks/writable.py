"""CHN221: others may change a credential_process, or the file that names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.commands import BY_SHELL, DIRECT, PROCESS, word_of
from credlint.checks.options import CheckOptions
from credlint.checks.profiles import PlacedSetting, effective_profiles, fact_of
from credlint.checks.situation import contexts_of
from credlint.checks.wording import lower, shell_path
from credlint.model.finding import Finding, Level
from credlint.model.host_file import PathNode
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BUILDER = FindingBuilder("CHN221", "credential-process-writable")

_GROUP, _OTHERS, _STICKY = 0o020, 0o002, 0o1000
# What owns files whose owner a user namespace does not know (user_namespaces(7)).
_UNMAPPED = 65534


def credential_process_writable(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each file or directory through which others can put their own program there."""
    del traces, options
    uid = snapshot.platform.uid
    if uid is None or snapshot.platform.system == "Windows":
        return
    told: set[str] = set()
    for setting in _settings(snapshot):
        command = _way_of(snapshot, setting)
        for way, is_config in ((command, False), (setting.file.way, True)):
            for node, who, known in weak_nodes(way, uid):
                if node.path not in told:
                    told.add(node.path)
                    yield _finding(snapshot, setting, node, who, known=known, config=is_config)


def _settings(snapshot: HostSnapshot) -> Iterator[PlacedSetting]:
    for profile in effective_profiles(snapshot).values():
        if PROCESS in profile.settings:
            yield profile.settings[PROCESS]


def _way_of(snapshot: HostSnapshot, setting: PlacedSetting) -> tuple[PathNode, ...]:
    facts = [fact_of(snapshot, setting, purpose) for purpose in (DIRECT, BY_SHELL)]
    ways = [fact.way for fact in facts if fact is not None and fact.way]
    # What leads to a file tells more than what ends before it.
    ways.sort(key=lambda way: way[-1].directory)
    return ways[0] if ways else ()


def weak_nodes(way: Sequence[PathNode], uid: int) -> Iterator[tuple[PathNode, str, bool]]:
    """Yield what others than root and the user may change, who they are, and whether for sure.

    In a sticky directory only the owner of a file may replace it (``unlink(2)``), so that such a
    directory is harmless where the next part of the way exists.
    """
    for number, node in enumerate(way):
        following = way[number + 1] if number + 1 < len(way) else None
        who = _writers(node, following, uid)
        if who is not None:
            yield node, who, node.owner_uid not in (0, uid) or _is_known(node)


def _is_known(node: PathNode) -> bool:
    return bool(node.mode & _OTHERS) or node.shared_group is True


def _writers(node: PathNode, following: Optional[PathNode], uid: int) -> Optional[str]:
    if node.owner_uid not in (0, uid, _UNMAPPED):
        return f"uid {node.owner_uid}, who owns it"
    if node.directory and node.mode & _STICKY and following is not None:
        return None
    if node.mode & _OTHERS:
        return "everyone"
    if node.mode & _GROUP and node.shared_group is not False:
        return f"its group (gid {node.group_gid})"
    return None


def _finding(
    snapshot: HostSnapshot,
    setting: PlacedSetting,
    node: PathNode,
    who: str,
    *,
    known: bool,
    config: bool,
) -> Finding:
    level: Level = "warning" if contexts_of(snapshot) == {"laptop"} else "error"
    word = word_of(setting)
    uid = snapshot.platform.uid
    if config:
        same = node.path == setting.file.path
        target = "it" if same else setting.file.path
        power = f"can write another command than `{word}` into {target}"
    else:
        power = f"can put another program in place of `{word}`"
    doubt = "" if known else " Who is in that group cannot be told here."
    base, uri = host_path(node.path)
    return _BUILDER.build(
        level if known else lower(level),
        f"{node.path} is writable by {who}: whoever is that {power}, the credential_process of "
        f"`[{setting.section.name}]`, and so run code as uid {uid} and hand out "
        f"credentials.{doubt}",
        setting.place(),
        subject=node.path,
        related=[Location("file", uri, base, message=f"Mode {node.mode:04o}.")],
        remedy=_remedy(node, who, uid),
        properties=[("mode", f"{node.mode:04o}"), ("owner_uid", str(node.owner_uid))],
    )


def _remedy(node: PathNode, who: str, uid: Optional[int]) -> Iterator[str]:
    path = shell_path(node.path)
    if who.startswith("uid"):
        yield f"`chown {uid} {path}`, or `chown root {path}` for a program that all may run."
    else:
        yield f"`chmod go-w {path}`" if who == "everyone" else f"`chmod g-w {path}`"
    yield "Look at what is there first: somebody may have used it already."
