"""The SDK files and their loader."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from credlint.chain.resolve import SOURCES
from credlint.chain.sdk import load_sdk, parse_sdk, sdk_ids
from credlint.rulebook import RulebookError

ENTRY = {
    "id": "x",
    "name": "X",
    "version_read": "1",
    "verified": "run",
    "selection_model": "switch",
    "chain": ["env"],
    "profile_env": ["AWS_PROFILE"],
    "region_chain": ["AWS_REGION"],
}


def test_ids() -> None:
    assert {"boto3", "aws-cli-v1", "aws-cli-v2"} <= set(sdk_ids())


@pytest.mark.parametrize("sdk_id", sdk_ids())
def test_every_source_of_a_chain_is_known(sdk_id: str) -> None:
    sdk = load_sdk(sdk_id)
    known = SOURCES
    if sdk.family != "botocore":
        known = import_module(f"credlint.chain.{sdk.family}.resolve").SOURCES

    assert set(sdk.chain) <= {"code", *known}


def test_unknown_id_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RulebookError, match="boto3"):
        load_sdk("cobol")


def test_path_is_no_id() -> None:
    with pytest.raises(RulebookError):
        load_sdk("../sdks/boto3")


@pytest.mark.parametrize("key", ["name", "chain", "verified"])
def test_missing_key_is_named(key: str) -> None:
    with pytest.raises(RulebookError, match=f'"{key}" is missing'):
        parse_sdk({**ENTRY, key: None}, "x.toml")


def test_file_must_be_called_like_the_id() -> None:
    with pytest.raises(RulebookError, match="must be called"):
        parse_sdk(ENTRY, "y.toml")


def test_unknown_selection_model_is_refused() -> None:
    with pytest.raises(RulebookError, match="selection_model"):
        parse_sdk({**ENTRY, "selection_model": "guess"}, "x.toml")


def test_unknown_login_is_refused() -> None:
    with pytest.raises(RulebookError, match="login"):
        parse_sdk({**ENTRY, "login": "maybe"}, "x.toml")


def test_further_keys_are_kept() -> None:
    sdk = parse_sdk({**ENTRY, "partial_env": "fallthrough"}, "x.toml")

    assert (sdk.facts["partial_env"], sdk.chain) == ("fallthrough", ("env",))


def test_another_root_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "sdks"
    folder.mkdir()
    text = "".join(
        f"{key} = {value if isinstance(value, list) else repr(value)}\n"
        for key, value in ENTRY.items()
    )
    (folder / "x.toml").write_text(text, encoding="utf-8")

    assert load_sdk("x", tmp_path).name == "X"
