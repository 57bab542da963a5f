"""Fixes of workflows: what is meant changes, everything else is what it was, once is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.code.ci.workflows import (
    PERMISSIONS,
    Layout,
    analyser,
    findings,
    fixed,
    layouts,
    loaded,
    workflow,
)

KEYS = analyser("IAC120")
TOKEN = analyser("IAC121")
CONFLICTS = analyser("IAC122")
PLAIN = Layout("\n", mark=False, ends=True, dash=2, comment="", style="{}", flow=False)
ROLE = ("role-to-assume", "arn:aws:iam::123456789012:role/deploy")
REGION = ("aws-region", "eu-west-1")
KEY_INPUTS = [
    ("aws-access-key-id", "${{ secrets.ID }}"),
    ("aws-secret-access-key", "${{ secrets.KEY }}"),
]
permissions = st.sampled_from(PERMISSIONS)
levels = st.sampled_from(("", *PERMISSIONS))


def granted(document):
    """Return the document as it is to be: the job may ask for a token."""
    job = document["jobs"]["deploy"]
    holder = job if "permissions" in job else document
    held = holder.get("permissions")
    if isinstance(held, dict):
        return {**held, "id-token": "write"}, holder
    return {"id-token": "write", "contents": "read"}, job


def expect_granted(document):
    job = document["jobs"]["deploy"]
    effective = job.get("permissions", document.get("permissions"))
    if effective == "write-all" or (
        isinstance(effective, dict) and effective.get("id-token") == "write"
    ):
        return
    wanted, holder = granted(document)
    holder["permissions"] = wanted


@given(layouts, permissions, levels, st.permutations([*KEY_INPUTS, REGION]), st.booleans())
def test_keys_become_a_role_and_nothing_else_changes(layout, of_workflow, of_job, inputs, role):
    data = workflow(layout, [*inputs, *([ROLE] if role else [])], of_workflow, of_job)
    found = findings(KEYS, data)
    after = fixed(found, data)
    wanted = loaded(data)
    step = wanted["jobs"]["deploy"]["steps"][1]
    step["with"] = {"aws-region": "eu-west-1", "role-to-assume": ROLE[1] if role else "<ROLE-ARN>"}
    expect_granted(wanted)

    assert [each.level for each in found] == ["warning" if role else "error"]
    assert [each.fix for each in found] == ["unsafe"]
    assert found[0].change.fill_in == (() if role else ("<ROLE-ARN>",))
    assert loaded(after) == wanted
    assert findings(KEYS, after) == []
    assert after.count(b"\r\n") == (after.count(b"\n") if layout.newline == "\r\n" else 0)
    assert comments(after, layout) >= comments(data, layout) - len(KEY_INPUTS)


def comments(data, layout):
    return data.count(layout.comment.encode()) if layout.comment else 0


@given(layouts, permissions, levels, st.permutations([ROLE, REGION]), st.integers(0, 2))
def test_the_permission_is_added_and_nothing_else_changes(
    layout, of_workflow, of_job, inputs, others
):
    data = workflow(layout, inputs, of_workflow, of_job, others)
    found = findings(TOKEN, data)
    wanted = loaded(data)
    expect_granted(wanted)
    may_ask = wanted == loaded(data)
    after = fixed(found, data)

    assert [each.level for each in found] == ([] if may_ask else ["error"])
    assert loaded(after) == wanted
    assert findings(TOKEN, after) == []
    if found and found[0].fix == "safe":  # every job but this one keeps what it has
        held = loaded(data)["jobs"]["deploy"].get("permissions", loaded(data).get("permissions"))
        assert isinstance(held, dict)
        assert "id-token" not in held
        assert others == 0 or "permissions" in loaded(data)["jobs"]["deploy"]


@given(layouts, st.booleans())
def test_force_skip_oidc_is_deleted(layout, last):
    skip = ("force-skip-oidc", "true")
    inputs = [ROLE, REGION, skip] if last else [skip, ROLE, REGION]
    data = workflow(layout, inputs, PERMISSIONS[0], "permissions:\n  id-token: write")
    found = findings(CONFLICTS, data)
    after = fixed(found, data)
    wanted = loaded(data)
    del wanted["jobs"]["deploy"]["steps"][1]["with"]["force-skip-oidc"]

    assert [each.level for each in found] == ["error"]
    assert loaded(after) == wanted
    assert findings(CONFLICTS, after) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("aws-access-key-id: ${{", "aws-access-key-id: &id ${{"),
        (
            "aws-access-key-id: ${{ secrets.ID }}",
            "aws-access-key-id: >-\n            ${{ secrets.ID }}",
        ),
        ("  deploy:\n    runs-on", "  deploy: &job\n    runs-on"),
    ],
)
def test_unusual_writing_is_told_and_stays_parsable(old, new):
    text = workflow(PLAIN, [*KEY_INPUTS, REGION], "", "").decode()
    assert old in text
    data = text.replace(old, new).encode()
    found = findings(KEYS, data)

    assert [each.level for each in found] == ["error"]
    loaded(fixed(found, data))


def test_two_steps_of_a_job_share_the_permission():
    text = workflow(PLAIN, [*KEY_INPUTS, REGION], "", "").decode()
    start = text.index("      - uses: aws-actions")
    end = text.index("      - run: 'true'")
    data = (text[:end] + text[start:end] + text[end:]).encode()
    found = findings(KEYS, data)
    after = loaded(fixed(found, data))

    assert len(found) == 2
    assert after["jobs"]["deploy"]["permissions"] == {"id-token": "write", "contents": "read"}
    assert [
        step.get("with", {}).get("role-to-assume") for step in after["jobs"]["deploy"]["steps"]
    ] == [
        None,
        "<ROLE-ARN>",
        "<ROLE-ARN>",
        None,
    ]


names = st.permutations(["A", "AWS_PROFILE", "B"]).map(list)


@given(layouts, names, st.integers(1, 3), st.sampled_from(("workflow", "job")), st.booleans())
def test_a_profile_is_deleted_with_its_env_when_it_is_alone(layout, order, count, level, flow):
    chosen = [name for name in order if name == "AWS_PROFILE"]
    chosen = order if count == 3 else chosen if count == 1 else [*chosen, "A"]
    pairs = [f"{name}: '{name.lower()}-é'" for name in chosen]
    lines = "".join(f"  {pair}{layout.comment}\n" for pair in pairs)
    env = f"env: {{ {', '.join(pairs)} }}{layout.comment}" if flow else f"env:\n{lines}"
    may_ask = "permissions:\n  id-token: write\n"
    above, inside = (env, may_ask) if level == "workflow" else ("", may_ask + env)
    data = workflow(layout, [ROLE, REGION], above, inside)
    found = findings(CONFLICTS, data)
    after = fixed(found, data)
    wanted = loaded(data)
    owner = wanted if level == "workflow" else wanted["jobs"]["deploy"]
    del owner["env"]["AWS_PROFILE"]
    if not owner["env"]:
        del owner["env"]

    assert [(each.level, each.fix) for each in found] == [("error", "unsafe")]
    assert loaded(after) == wanted
    assert findings(CONFLICTS, after) == []
