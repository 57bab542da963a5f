"""Which SDKs doctor judges, and what it says to a name that it does not know."""

from __future__ import annotations

import json
from pathlib import Path

from credlint.cli.sdk_choice import choose_sdks, complete_sdks
from credlint.model.sdk_names import SDK_NAMES
from credlint.model.snapshot import FoundSdk
from tests.cli.conftest import Runner


def test_what_is_asked_for_is_judged_once_each() -> None:
    assert choose_sdks(("go-v2", "boto3", "go-v2"), (FoundSdk("go-v2", "go.mod"),)) == (
        ("go-v2", "boto3"),
        "",
    )


def test_what_is_found_is_judged_in_the_usual_order() -> None:
    found = (FoundSdk("go-v2", "go.mod"), FoundSdk("boto3", "boto3 1.44.5 is installed"))

    actual = choose_sdks(None, found)

    found_here = "boto3 (boto3 1.44.5 is installed), Go SDK v2 (go.mod)"
    assert actual == (
        ("boto3", "go-v2"),
        f"Judged are the SDKs that were found here: {found_here}. `--sdk all` judges all 20.",
    )


def test_where_nothing_is_found_the_usual_two_are_judged() -> None:
    sdks, note = choose_sdks(None, ())

    assert sdks == ("boto3", "aws-cli-v2")
    assert note.startswith("No SDK was found here, so boto3 and AWS CLI v2 were judged;")


def test_completion_goes_on_after_a_comma() -> None:
    def words(incomplete: str) -> list[str]:
        return [item.value for item in complete_sdks(None, None, incomplete)]  # type: ignore[arg-type]

    assert words("aw") == ["aws-cli-v1", "aws-cli-v2"]
    assert words("boto3,go") == ["boto3,go-v1", "boto3,go-v2"]
    assert words("go-v1,go") == ["go-v1,go-v2"]
    assert words("al") == ["all"]
    assert words("boto3,al") == []


def test_bash_completes_the_option(credlint: Runner) -> None:
    done = credlint(
        _CREDLINT_COMPLETE="bash_complete", COMP_WORDS="credlint doctor --sdk ru", COMP_CWORD="3"
    )

    assert (done.code, done.out) == (0, "plain,ruby-v3\nplain,rust\n")


def test_unknown_sdk_gives_the_list_and_the_nearest(credlint: Runner) -> None:
    done = credlint("doctor", "--sdk", "boto3,go-v3")

    assert done.code == 2
    assert done.out == ""
    assert done.err == (
        f'credlint: --sdk must be one of {", ".join(SDK_NAMES)}, all, did you mean "go-v2"?\n'
    )


def test_manifest_in_the_working_tree_decides(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("require github.com/aws/aws-sdk-go-v2 v1.47.7\n")

    done = credlint("doctor", "--format", "json", "--no-network", PATH="")

    report = json.loads(done.out)
    assert "go-v2" in [chain["sdk"] for chain in report["chains"]]
    assert "Go SDK v2 (go.mod)" in report["notes"][0]
