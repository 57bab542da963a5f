"""Random workflows: what must not change stands around what the rules are about."""

from __future__ import annotations

from typing import NamedTuple

import yaml
from hypothesis import strategies as st

from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules

URI = ".github/workflows/deploy.yml"
PERMISSIONS = (
    "",
    "permissions:\n  contents: read",
    "permissions:\n  # what it needs\n  contents: write # tags\n  packages: read",
    "permissions: {contents: read}",
    'permissions: { "contents": read, packages: write }',
    "permissions: {}",
    "permissions: read-all",
    "permissions: write-all",
    "permissions:\n  id-token: none\n  contents: read",
    "permissions:\n  id-token: write\n",
)
COMMENTS = ("", " # réveillé: ü", " # a: {b")
STYLES = ("{}", "'{}'", '"{}"')


class Layout(NamedTuple):
    newline: str
    mark: bool
    ends: bool
    dash: int
    comment: str
    style: str
    flow: bool


layouts = st.builds(
    Layout,
    newline=st.sampled_from(("\n", "\r\n")),
    mark=st.booleans(),
    ends=st.booleans(),
    dash=st.sampled_from((0, 2)),
    comment=st.sampled_from(COMMENTS),
    style=st.sampled_from(STYLES),
    flow=st.booleans(),
)


def indented(text, width):
    return "".join(" " * width + line + "\n" for line in text.splitlines() if line.strip())


def workflow(layout, inputs, workflow_permissions, job_permissions, others=1):
    """Return the bytes of a workflow with one step that gets the inputs, and jobs beside it."""
    pairs = [
        f"{name}: {layout.style.format(value) if value.startswith('${{') or layout.flow else value}"
        for name, value in inputs
    ]
    if layout.flow:
        quoted = [
            pair if "'" in pair or '"' in pair else pair.replace(": ", ': "', 1) + '"'
            for pair in pairs
        ]
        held = f"  with: {{ {', '.join(quoted)} }}{layout.comment}\n"
    else:
        held = "  with:\n" + "".join(f"    {pair}{layout.comment}\n" for pair in pairs)
    step = f"- uses: aws-actions/configure-aws-credentials@v6{layout.comment}\n{held}"
    steps = "- run: |\n    echo 'üñ' # no comment\n    make\n" + step + "- run: 'true'\n"
    text = f"# délivrance{layout.comment}\nname: 'ä'\non: push\n"
    text += indented(workflow_permissions, 0)
    text += "jobs:\n"
    for number in range(others):
        text += f"  other{number}:\n    runs-on: ubuntu-latest\n    steps: [{{run: make}}]\n"
    text += f"  deploy:{layout.comment}\n    runs-on: ubuntu-latest{layout.comment}\n"
    text += indented(job_permissions, 4) + "    steps:\n" + indented(steps, 4 + layout.dash)
    if not layout.ends:
        text = text.rstrip("\n")
    text = text.replace("\n", layout.newline)
    return (b"\xef\xbb\xbf" if layout.mark else b"") + text.encode()


def analyser(code):
    return Analyser(rule for rule in load_rules(("iac",)) if rule.id == code)


def findings(look, data, uri=URI):
    result = look.analyse(Document(uri, data), "yaml")
    assert [skip.reason for skip in result.skipped] == []
    return [found.finding for found in result.found]


def fixed(found, data):
    """Return the data after all edits of this file."""
    changes = [each.change for each in found if each.change is not None]
    return apply_edits(
        data, [edit for change in changes for file in change.files for edit in file.edits]
    )


def loaded(data):
    return yaml.safe_load(data.decode("utf-8-sig"))
