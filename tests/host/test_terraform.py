"""What is seen of provider blocks, and that nothing secret is kept of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from credlint import samples
from credlint.host.codec import encode
from credlint.host.terraform import expand
from credlint.host.terraform_files import RawArgument, RawBlock, read_provider_blocks
from tests.support.scenario import build_snapshot

KEY = samples.expand("@@key-id:AKIA:123456789012:tf@@")
SECRET = samples.expand("@@secret-key:tf@@")


def _blocks(tmp_path: Path, **files: str) -> tuple[RawBlock, ...]:
    for name, text in files.items():
        (tmp_path / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return read_provider_blocks(tmp_path)


def _values(tmp_path: Path, body: str) -> dict[str, Any]:
    (block,) = _blocks(tmp_path, main__tf=f'provider "aws" {{\n{body}\n}}\n')
    return {argument.name: argument.values for argument in block.arguments}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('region = "eu-west-1"', {"region": ("eu-west-1",)}),
        ("region = null", {}),
        ('region = ""', {"region": ("",)}),
        ("region = var.region", {"region": None}),
        ('region = "${var.a}-1"', {"region": None}),
        ('profile = "a$${b}\\"\\u00e9\\n"', {"profile": ('a${b}"é\n',)}),
        ('profile = "%{ if true }a%{ endif }"', {"profile": None}),
        ("profile = <<EOT\nx\nEOT\n", {"profile": None}),
        ('profile = upper("x")', {"profile": None}),
        ("max_retries = 3", {"max_retries": ("3",)}),
        ("skip_metadata_api_check = true", {"skip_metadata_api_check": ("true",)}),
        ('shared_config_files = [ "a", # c\n "b", ]', {"shared_config_files": ("a", "b")}),
        ('shared_config_files = ["a", var.b]', {"shared_config_files": None}),
        ("shared_config_files = []", {"shared_config_files": ()}),
        (
            'assume_role {\nrole_arn = "x"\n}\nassume_role {\n}',
            {
                "assume_role.0": (),
                "assume_role.0.role_arn": ("x",),
                "assume_role.1": (),
            },
        ),
        (
            'dynamic "assume_role" {\nfor_each = var.x\ncontent {\n}\n}',
            {"dynamic.assume_role": None},
        ),
        ('default_tags {\ntags = { a = "b" }\n}', {}),
    ],
)
def test_native_syntax(tmp_path: Path, body: str, expected: dict[str, Any]) -> None:
    assert _values(tmp_path, body) == expected


def test_lines_and_aliases(tmp_path: Path) -> None:
    text = '\nprovider aws {\n  alias = "x"\n}\n\nprovider "aws" {\n\n  region = "a"\n}\n'

    assert _blocks(tmp_path, main__tf=text) == (
        RawBlock("main.tf", 2, "x"),
        RawBlock("main.tf", 6, None, (RawArgument("region", 8, ("a",)),)),
    )


def test_json_syntax(tmp_path: Path) -> None:
    aws = [
        {"alias": "x"},
        {"region": "$${a}", "profile": "${var.p}", "max_retries": 2, "assume_role": {}},
    ]

    blocks = _blocks(tmp_path, main__tf__json=json.dumps({"provider": {"aws": aws}}))

    assert [block.alias for block in blocks] == ["x", None]
    assert {one.name: one.values for one in blocks[1].arguments} == {
        "region": ("${a}",),
        "profile": None,
        "max_retries": ("2",),
        "assume_role.0": (),
    }


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("main.tf", 'provider "aws" {\n', "unparsed"),
        ("main.tf.json", '{"provider": {"aws": ', "unparsed"),
        ("main.tf.json", '{"provider": 3}', "unparsed"),
        ("override.tf", 'provider "aws" {\n}\n', "override"),
        ("x_override.tf.json", '{"provider": {"aws": {}}}', "override"),
    ],
)
def test_files_that_are_of_no_use_are_told(
    tmp_path: Path, name: str, text: str, error: str
) -> None:
    (tmp_path / name).write_text(text)

    assert [block.error for block in read_provider_blocks(tmp_path)] == [error]


def test_other_providers_are_nobody_s_business(tmp_path: Path) -> None:
    assert _blocks(tmp_path, main__tf='provider "google" {\n  x = "aws"\n', b__tf="broken {") == ()


def test_no_secret_is_kept(tmp_path: Path) -> None:
    text = f'provider "aws" {{\n  access_key = "{KEY}"\n  secret_key = "{SECRET}"\n}}\n'
    scenario = {
        "terraform": {"main.tf": text},
        "files": {"config": f"[default]\nregion = {SECRET}\n"},
    }

    snapshot = build_snapshot(scenario, tmp_path)

    (block,) = snapshot.provider_blocks
    assert [(one.name, one.line) for one in block.arguments] == [
        ("access_key", 2),
        ("secret_key", 3),
    ]
    assert block.arguments[0].values[0].key_id is not None
    kept = json.dumps(encode(snapshot))
    assert SECRET not in kept
    assert KEY not in kept


def test_a_file_that_cannot_be_parsed_is_told_as_skipped(tmp_path: Path) -> None:
    snapshot = build_snapshot({"terraform": {"main.tf": 'provider "aws" {'}}, tmp_path)

    assert ("main.tf", "Terraform file: unparsed") in snapshot.skipped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("~/x/../y", "/h/y"),
        ("~", "/h"),
        ("~other/x", "~other/x"),
        ("$HOME/x", "/h/x"),
        ("${HOME}/$NONE/x", "/h//x"),
        ("x", "x"),
    ],
)
def test_paths_are_expanded_as_the_provider_does(text: str, expected: str) -> None:
    assert expand(text, {"HOME": "/h"}, "/h") == expected
