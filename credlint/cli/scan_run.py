"""What ``credlint scan`` does, once its command line is read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from credlint.model.lean_dataclasses import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credlint.cli.fixing import Edits
    from credlint.model.finding import Finding
    from credlint.pipeline.request import Mode
    from credlint.secrets.facts import ScanFacts


def scan(
    *,
    paths: tuple[str, ...],
    staged: bool,
    diff: Optional[str],
    fix: Optional[str],
    history: Optional[str],
    hook: bool,
    exclude: tuple[str, ...],
    no_gitignore: bool,
    max_file_size: Optional[int],
    archives: Optional[bool],
    jobs: Optional[int],
    per_place: bool,
    baseline: Optional[str],
    **given: Any,
) -> int:
    """Do one scan, write its report and return the exit code.

    The parameters are those of ``scan_options``, ``given`` those of ``option_table``. Raises
    UsageError for inputs that cannot be combined, and what the rooms below raise.
    """
    from credlint.cli.cache_place import cache_directory  # noqa: PLC0415  start-up
    from credlint.cli.outlet import Conclusions, deliver, text_reader  # noqa: PLC0415
    from credlint.cli.preparation import prepare  # noqa: PLC0415
    from credlint.model.report import Summary  # noqa: PLC0415
    from credlint.pipeline.own_keys import may_be_own  # noqa: PLC0415
    from credlint.pipeline.request import ScanRequest  # noqa: PLC0415
    from credlint.pipeline.scan import run_scan  # noqa: PLC0415
    from credlint.rulebook import SCAN_ROOMS  # noqa: PLC0415

    asked = {"--staged": staged, "--diff": bool(diff), "--history": history is not None}
    mode = _mode(paths, asked, hook=hook)
    edits = _edits(fix, diff, mode)
    # pre-commit names files in parts and in any order: the repository's configuration counts.
    target = Path(paths[0]) if paths and mode == "tree" else Path.cwd()
    more = {
        "exclude": exclude or None,
        "max_file_size": max_file_size,
        "archives": archives,
        "jobs": jobs,
        "baseline": Path(baseline) if baseline else None,
    }
    cache = cache_directory()
    prepared = prepare(target, SCAN_ROOMS, given, more, cache)
    choices = replace(prepared.choices, per_place=per_place)
    choices.destinations()
    settings = prepared.settings
    accepted = None
    if settings.baseline is not None and not choices.no_ignores:
        from credlint.cli.baseline_use import load_baseline, use_of  # noqa: PLC0415  start-up

        accepted = load_baseline(settings.baseline, found=settings.baseline_found)
    facts = scan_facts(settings.expect_accounts, accepted.salts if accepted else ())
    request = ScanRequest(
        rules=prepared.enabled,
        beside=prepared.known,
        root=Path.cwd(),
        paths=() if mode == "stdin" else paths,
        mode=mode,
        revision=diff or history or "",
        exclude=settings.exclude,
        exclude_base=None if exclude else settings.root,
        respect_ignore=not no_gitignore,
        max_file_size=settings.max_file_size,
        archives=settings.archives,
        cache_directory=cache,
        jobs=settings.jobs,
        environment=dict(os.environ),
        facts=facts,
        stdin=sys.stdin.buffer if mode == "stdin" and sys.stdin else None,
    )

    def judged() -> Conclusions:
        result = run_scan(request)
        if may_be_own(result.findings):
            result.findings = _compared(result.findings, facts)
        # An empty commit is no reason to stop a hook; anything else that read nothing is told.
        examined = bool(result.files or result.binary) or hook
        # That nothing differs is an answer, too.
        examined = examined or (result.nothing_differs and not staged)
        if all(rule.room == "run" for rule in prepared.enabled):
            sys.stderr.write("credlint: no rule of scan is selected\n")
            examined = False
        return Conclusions(
            command="scan",
            findings=result.findings,
            examined=examined,
            directives=result.directives,
            skipped=result.skipped,
            notices=prepared.notices,
            summary=Summary(
                files=result.files,
                bytes=result.bytes,
                ignored_paths=result.ignored,
                binary_files=result.binary,
                archives=result.archives,
            ),
            notes=tuple(result.notes),
            folder=None if mode == "stdin" else Path.cwd(),
            from_top=mode == "history",
            read_text=text_reader(Path.cwd()) if mode in ("tree", "hook", "diff") else None,
            baseline=use_of(
                accepted, settings, facts, paths if mode == "tree" and not exclude else None
            )
            if accepted
            else None,
        )

    if edits is None:
        return deliver(judged(), prepared.known, prepared.enabled, choices)
    from credlint.cli.fixing import Fixing  # noqa: PLC0415  start-up
    from credlint.pipeline.scan import secret_spans  # noqa: PLC0415

    fixing = Fixing(judged, edits, prepared.known, prepared.enabled, choices)
    return fixing.deliver(secret_spans(request))


def _compared(findings: list[Finding], facts: ScanFacts) -> list[Finding]:
    """Compare the AWS keys that were found with those that this machine's AWS tools use."""
    from credlint.host.home import home_of  # noqa: PLC0415  only where an AWS key was found
    from credlint.host.own_keys import own_keys  # noqa: PLC0415
    from credlint.pipeline.own_keys import tell_own_keys  # noqa: PLC0415

    environment = dict(os.environ)
    uid = os.getuid() if hasattr(os, "getuid") else None
    own = own_keys(environment, home_of(environment, uid), facts.identity_of)
    return tell_own_keys(findings, own, Path.cwd())


def scan_facts(accounts: Sequence[str], salts: tuple[bytes, ...] = ()) -> ScanFacts:
    """Return what the judges may know of this run: the time, the accounts, a random key."""
    import time  # noqa: PLC0415

    from credlint.secrets.facts import ScanFacts  # noqa: PLC0415

    return ScanFacts(time.time(), frozenset(accounts), os.urandom(32), salts)


def _edits(fix: Optional[str], diff: Optional[str], mode: Mode) -> Optional[Edits]:
    """Return what is to be done with the edits that findings offer, None for nothing."""
    if fix is None and diff != "":
        return None
    from credlint.cli.fixing import Edits  # noqa: PLC0415  start-up

    if mode in ("stdin", "history"):
        import click  # noqa: PLC0415  start-up

        message = "there is no file to edit in standard input or in a history"
        raise click.UsageError(message)
    kinds = ("safe", "unsafe") if fix == "unsafe" else ("safe",)
    return Edits(kinds, writes=diff is None or bool(diff))


def _mode(paths: tuple[str, ...], asked: dict[str, bool], *, hook: bool) -> Mode:
    fault = _fault(paths, [name for name, given in asked.items() if given], hook=hook)
    if fault:
        import click  # noqa: PLC0415  start-up: what click need not explain goes without it

        raise click.UsageError(fault)
    if "-" in paths:
        return "stdin"
    if asked["--diff"]:
        return "diff"
    if asked["--history"]:
        return "history"
    if asked["--staged"] or (hook and not paths):
        return "staged"
    return "hook" if hook else "tree"


def _fault(paths: tuple[str, ...], named: list[str], *, hook: bool) -> str:
    """Return what is wrong with the inputs, empty for nothing."""
    if len(named) > 1 or (hook and named not in ([], ["--staged"])):
        return f"{' and '.join([*named, '--hook'][:2])} cannot be combined"
    if "-" in paths and (len(paths) > 1 or named or hook):
        return "- (standard input) cannot be combined with other inputs"
    return ""
