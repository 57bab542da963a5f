"""The SDK files and their loader."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from credlint.chain.resolve import SOURCES
from credlint.chain.sdk import load_sdk, parse_sdk, sdk_ids
from credlint.model.sdk_names import SDK_NAMES
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


def test_every_sdk_that_has_a_name_has_a_chain() -> None:
    assert sdk_ids() == tuple(sorted(SDK_NAMES))


@pytest.mark.parametrize("sdk_id", sdk_ids())
def test_every_source_of_a_chain_is_known(sdk_id: str) -> None:
    sdk = load_sdk(sdk_id)
    known = SOURCES
    if sdk.family != "botocore":
        family = import_module(f"credlint.chain.{sdk.family}.resolve")
        known = {*family.SOURCES, *getattr(family, "AROUND", ())}

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
    with pytest.raises(RulebookError, match=r"must be called x\.toml"):
        parse_sdk(ENTRY, "y.toml")


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("selection_model", "guess", "must be one of first_hit_error_stops, switch"),
        ("login", "maybe", "must be one of needs_extra_dependency, yes, no"),
        ("evidence", "hearsay", "must be one of observed, source"),
        ("chain", "env", "must be a list of texts"),
        ("chain", ["env", 3], "must be a list of texts"),
        ("profile_env", {"a": "b"}, "must be a list of texts"),
        ("errors", ["x"], "must be a table"),
        ("explicit_profile_beats_env_keys", "yes", "must be true or false"),
        ("name", 3, "must be a text"),
        ("family", "cobol", "names no folder of credlint/chain"),
        ("family", "../host", "names no folder of credlint/chain"),
    ],
)
def test_faulty_value_is_refused_with_its_key(key: str, value: object, fault: str) -> None:
    with pytest.raises(RulebookError) as raised:
        parse_sdk({**ENTRY, key: value}, "x.toml")

    assert str(raised.value).startswith(f'SDK file "x.toml": "{key}" {fault}')


def test_fault_of_a_file_names_the_line(tmp_path: Path) -> None:
    write(tmp_path, {**ENTRY, "login": "maybe"})

    with pytest.raises(RulebookError) as raised:
        load_sdk("x", tmp_path)

    assert str(raised.value) == (
        'SDK file "x.toml", line 9: "login" must be one of needs_extra_dependency, yes, no'
    )


def test_file_that_is_no_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "sdks").mkdir()
    (tmp_path / "sdks" / "x.toml").write_text('id = "x"\nname = \n', encoding="utf-8")

    with pytest.raises(RulebookError, match=r'"x\.toml" cannot be read: .*line 2'):
        load_sdk("x", tmp_path)


def test_further_keys_are_kept() -> None:
    sdk = parse_sdk({**ENTRY, "partial_env": "fallthrough"}, "x.toml")

    assert (sdk.facts["partial_env"], sdk.chain) == ("fallthrough", ("env",))


def write(root: Path, table: dict[str, object]) -> None:
    folder = root / "sdks"
    folder.mkdir()
    text = "".join(
        f"{key} = {value if isinstance(value, list) else repr(value)}\n"
        for key, value in table.items()
    )
    (folder / "x.toml").write_text(text, encoding="utf-8")


def test_another_root_can_be_read(tmp_path: Path) -> None:
    write(tmp_path, ENTRY)

    assert load_sdk("x", tmp_path).name == "X"
