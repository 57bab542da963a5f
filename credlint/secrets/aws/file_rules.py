"""Files whose very presence is the fault: AWS keys in them are told under the file's own rule.

One value gives one finding. What SEC101, SEC102 and SEC103 find in such a file becomes a finding
of SEC104 (files of the AWS tools), SEC108 (Terraform's state and variables), SEC109 (notebooks)
or SEC110 (dotenv files), with all that is known of the key; where that rule is switched off or
unknown, the finding stays what it is. Templates (``.env.example``) are ordinary files.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Optional

from credlint.model.lean_dataclasses import replace
from credlint.secrets.candidate import Candidate, TextView
from credlint.secrets.json_places import JsonText, iter_texts

KEY_RULES = ("SEC101", "SEC102", "SEC103")
_TEMPLATE = re.compile(
    r"(?i)(?:^|[._-])(?:examples?|samples?|templates?|tpl|tmpl|dist|default)(?:$|[._-])"
)
_NOTEBOOK = "SEC109"
# The rule, the files by the end of their path, and what is said of a key in them.
_KINDS = (
    (
        "SEC104",
        r"\.aws/credentials(?:[.~_-][^/]*)?",
        "The file is the AWS tools' store of credentials.",
    ),
    ("SEC104", r"\.aws/config(?:[.~_-][^/]*)?", "The file is the AWS tools' configuration."),
    ("SEC104", r"\.aws/(?:sso|cli|login)/cache/[^/]+\.json", "The file is a cache of the AWS CLI."),
    ("SEC104", r"\.?s3cfg", "The file is the configuration of s3cmd."),
    ("SEC104", r"\.?passwd-s3fs", "The file is the password file of s3fs."),
    ("SEC104", r"\.boto|boto\.cfg", "The file is the configuration of boto."),
    (
        "SEC104",
        r"rootkey[^/]*\.csv|[^/]*accessKeys[^/]*\.csv|[^/]*credentials[^/]*\.csv",
        "The file is a download of the AWS console.",
    ),
    ("SEC108", r"[^/]*\.tfstate(?:\.[^/]*)?", "The file is a Terraform state."),
    ("SEC108", r"[^/]*\.tfvars(?:\.json)?", "The file holds Terraform variables."),
    (_NOTEBOOK, r"[^/]*\.ipynb", ""),
    ("SEC110", r"\.env(?:\.[^/]*)?|[^/]+\.env|\.flaskenv|\.envrc", "The file is a dotenv file."),
)
_ALL = re.compile("(?i)(?:^|/)(?:" + "|".join(f"({pattern})" for _, pattern, _ in _KINDS) + r")\Z")


def take_over(
    candidates: Sequence[Candidate], view: TextView, reported: Optional[frozenset[str]]
) -> list[Candidate]:
    """Return the candidates, those of AWS keys under the rule of the file they stand in.

    ``reported``: the codes that are switched on, None for all.
    """
    code, words = _kind_of(view.uri)
    if code not in view.rules or (reported is not None and code not in reported):
        return list(candidates)
    rule = view.rules[code]
    texts = list(iter_texts(view.data)) if code == _NOTEBOOK else []
    starts = [text.start for text in texts]
    taken = []
    for entry in candidates:
        if entry.pattern.rule.id not in KEY_RULES:
            taken.append(entry)
            continue
        told = words
        properties = entry.properties
        if code == _NOTEBOOK:
            place = bisect_right(starts, entry.start) - 1
            cell = _cell(entry, texts[place]) if place >= 0 else None
            told = f"It is in the {cell[1]} of cell {cell[0]}." if cell else "It is in a notebook."
            properties += (("cell", cell[0]), ("part", cell[1])) if cell else ()
        taken.append(
            entry.changed(
                pattern=replace(entry.pattern, rule=rule),
                message=f"{entry.message} {told}",
                properties=properties,
                found_by=entry.pattern.rule.id,
            )
        )
    return taken


def _kind_of(uri: str) -> tuple[str, str]:
    """Return the rule of a file and what is said of it; empty for an ordinary file."""
    path = uri.replace("\\", "/")
    found = _ALL.search(path)
    if found is None or _TEMPLATE.search(path.rpartition("/")[2]):
        return "", ""
    code, _, words = _KINDS[(found.lastindex or 1) - 1]
    return code, words


def _cell(entry: Candidate, text: JsonText) -> Optional[tuple[str, str]]:
    """Return the number of the cell, from 1, and whether the key is in its source or output."""
    path = text.path if entry.start < text.end else ()
    if len(path) < 3 or path[0] != "cells" or not isinstance(path[1], int):  # noqa: PLR2004
        return None
    part = {"outputs": "output", "source": "source"}.get(str(path[2]), str(path[2]))
    return (str(path[1] + 1), part) if part in ("output", "source") else None
