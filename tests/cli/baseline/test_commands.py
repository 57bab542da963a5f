"""``credlint baseline`` and its use by ``scan``, through the command line."""

from __future__ import annotations

import json

from credlint import samples
from tests.cli.baseline.support import NAME, SECRETS, env_of, report


def test_what_is_there_is_accepted_and_what_is_new_is_found(run, tree):
    assert run("scan")[0] == 1
    code, said = run("baseline", "create", "--reason", "old", "--until", "2099-12-31")
    assert (code, "2 entries, 2 added" in said) == (0, True)

    found = report(run)
    assert (found["summary"]["findings"], found["summary"]["baselined"]) == (0, 2)
    assert found["baseline"] == NAME
    assert {e["acceptance"]["reason"] for e in found["baselined"]} == {"old"}
    assert [n["code"] for n in found["notices"]] == ["RUN913"]
    assert run("scan")[0] == 0

    # Another secret on the very line of an accepted one, and one in a new file.
    (tree / "a.env").write_text(env_of(SECRETS[2]))
    found = report(run)
    assert [f["location"]["uri"] for f in found["findings"]] == ["a.env"]
    assert run("scan")[0] == 1


def test_an_entry_survives_moves_renames_and_reformatting(run, tree):
    run("baseline", "create")
    before = (tree / NAME).read_bytes()
    (tree / "a.env").unlink()
    (tree / "b.env").unlink()
    (tree / "some where").mkdir()
    text = "# moved\n\n" + env_of(SECRETS[1]) + "export " + env_of(SECRETS[0])
    for name, data in {
        "crlf.env": text.replace("\n", "\r\n").encode(),
        "wide.env": b"\xff\xfe" + text.encode("utf-16-le"),
        "marked.env": b"\xef\xbb\xbf" + text.encode(),
        "quoted.py": "\n".join(f"aws_secret_access_key = '{s}'" for s in SECRETS[:2]).encode(),
        "long.yml": ("x" * 5000 + "\n" + f"    aws_secret_access_key:   {SECRETS[0]}").encode(),
    }.items():
        (tree / "some where" / name).write_bytes(data)

    found = report(run)
    assert (found["summary"]["findings"], found["summary"]["baselined"]) == (0, 2)
    assert run("baseline", "update")[0] == 0
    assert (tree / NAME).read_bytes() == before


def test_create_never_overwrites_and_the_others_need_one(run, tree):
    assert run("baseline", "update")[0] == 2
    assert run("baseline", "prune")[0] == 2
    assert run("baseline", "audit")[0] == 2
    (tree / NAME).symlink_to("nowhere")
    assert run("baseline", "create")[0] == 2
    (tree / NAME).unlink()
    assert run("baseline", "create")[0] == 0
    before = (tree / NAME).read_bytes()
    code, said = run("baseline", "create")
    assert (code, "is there already" in said) == (2, True)
    assert (tree / NAME).read_bytes() == before


def test_update_keeps_reasons_and_prune_removes_what_is_gone(run, tree):
    run("baseline", "create", "--reason", "kept")
    (tree / "b.env").unlink()
    (tree / "c.env").write_text(env_of(SECRETS[3]))
    assert "1 added, 0 removed" in run("baseline", "update", "--reason", "later")[1]
    text = (tree / NAME).read_text()
    assert (text.count('reason="kept"'), text.count('reason="later"')) == (2, 1)

    code, said = run("baseline", "audit")
    assert (code, said.count("[unused]"), "no place of this tree; it was in b.env" in said) == (
        1, 1, True,
    )  # fmt: skip
    assert [n["code"] for n in report(run)["notices"]] == ["RUN913", "RUN916"]
    # A part of the tree cannot tell.
    assert [n["code"] for n in report(run, "a.env")["notices"]] == ["RUN913"]

    assert "0 added, 1 removed" in run("baseline", "prune")[1]
    assert run("baseline", "audit")[0] == 0
    assert [n["code"] for n in report(run)["notices"]] == ["RUN913"]
    assert (tree / NAME).read_text().count("SEC102") == 2


def test_an_expired_entry_brings_its_finding_back(run):
    run("baseline", "create", "--reason", "for a while", "--until", "2020-01-31")
    found = report(run)

    assert found["summary"]["findings"] == 2
    assert [n["code"] for n in found["notices"]] == ["RUN917"]
    assert "ended on 2020-01-31" in found["notices"][0]["message"]
    assert run("scan")[0] == 1
    code, said = run("baseline", "update", "--until", "2099-01-01")
    assert (code, "2 expired" in said) == (0, True)
    assert run("scan")[0] == 1
    assert run("baseline", "audit")[0] == 1


def test_a_day_that_is_none_is_refused(run):
    code, said = run("baseline", "create", "--until", "2027-02-30")

    assert (code, "2027-01-31" in said) == (2, True)


def test_what_a_comment_hides_is_not_added_and_a_partly_accepted_secret_stays(run, tree):
    (tree / "a.env").write_text(f"# credlint: ignore[SEC102] fixture\n{env_of(SECRETS[4])}")
    run("baseline", "create")

    assert (tree / NAME).read_text().count("SEC102") == 2  # those of b.env
    assert report(run)["summary"]["suppressed"] == 1


def test_no_ignores_sets_it_aside_and_isolated_looks_for_none(run, tree):
    run("baseline", "create")

    assert report(run, "--no-ignores")["summary"]["findings"] == 2
    assert report(run, "--no-ignores")["baseline"] is None
    assert report(run, "--isolated")["summary"]["findings"] == 2
    named = report(run, "--isolated", "--baseline", NAME)
    assert (named["summary"]["findings"], named["notices"]) == (0, [])
    # --no-ignores shows everything even where the file is damaged.
    (tree / NAME).write_text("<<<<<<< HEAD\n")
    assert run("scan", "--no-ignores")[0] == 1


def test_sarif_tells_what_is_new_and_what_is_accepted(run, tree):
    run("baseline", "create", "--reason", "old", "--until", "2099-12-31")
    (tree / "c.env").write_text(env_of(SECRETS[2]))
    (tree / "d.env").write_text(f"# credlint: ignore[SEC102] mine\n{env_of(SECRETS[3])}")

    def results(*more: str) -> list[dict]:
        return json.loads(run("scan", "--format", "sarif", *more)[1])["runs"][0]["results"]

    assert [r["baselineState"] for r in results()] == ["new"]
    assert not [r for r in results("--no-ignores") if "baselineState" in r]
    told = [
        (r["baselineState"], [(s["kind"], s["justification"]) for s in r.get("suppressions", [])])
        for r in results("--sarif-suppressed")
    ]
    assert told == [
        ("new", []),
        ("new", [("inSource", "mine")]),
        ("unchanged", [("external", "old (until 2099-12-31)")]),
        ("unchanged", [("external", "old (until 2099-12-31)")]),
    ]


def test_many_workers_give_the_same_answer(run, tree):
    for number in range(300):
        (tree / f"n{number}.env").write_text(env_of(SECRETS[number % 6]))
    run("baseline", "create")
    (tree / "n299.env").write_text(env_of(samples.secret_key("new")))

    assert (tree / NAME).read_text().count("SEC102") == 6
    for jobs in ("1", "2", "5"):
        found = report(run, "--jobs", jobs)
        assert (found["summary"]["findings"], found["summary"]["baselined"]) == (1, 6)


def test_a_secret_that_moves_under_another_rule_stays_accepted(run, tree):
    (tree / "app.py").write_text(
        f"import boto3\nboto3.client('s3', aws_secret_access_key='{SECRETS[5]}')\n"
    )
    run("baseline", "create")
    assert "SRC101" in (tree / NAME).read_text()
    (tree / "app.py").unlink()
    (tree / "settings.env").write_text(env_of(SECRETS[5]))

    assert run("scan")[0] == 0
