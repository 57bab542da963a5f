"""Which SDKs a machine and a working tree have."""

from __future__ import annotations

import os

import pytest

from credlint.host.sdks import detect_sdks
from credlint.model.sdk_names import SDK_NAMES
from credlint.model.snapshot import FoundSdk


def found(tree, environment=None, root=None, packages=(), uid=None):
    return detect_sdks(environment or {}, tree, root or tree / "no-root", packages, uid)


@pytest.mark.parametrize(
    ("name", "text", "sdk"),
    [
        ("package.json", '{"dependencies": {"@aws-sdk/client-s3": "^3.1"}}', "js-v3"),
        ("package.json", '{"dependencies": {"aws-sdk": "^2.1"}}', "js-v2"),
        ("go.mod", "require github.com/aws/aws-sdk-go-v2/config v1.33.15\n", "go-v2"),
        ("go.mod", "\tgithub.com/aws/aws-sdk-go v1.55.6\n", "go-v1"),
        ("pom.xml", "<groupId>software.amazon.awssdk</groupId>", "java-v2"),
        ("build.gradle", "implementation 'com.amazonaws:aws-java-sdk-s3:1.12.1'", "java-v1"),
        ("build.gradle.kts", 'implementation("aws.sdk.kotlin:s3:1.5.0")', "kotlin"),
        ("Cargo.toml", '[dependencies]\naws-config = "1"\n', "rust"),
        ("requirements.txt", "boto3==1.44.5\n", "boto3"),
        ("pyproject.toml", 'dependencies = ["botocore>=1"]\n', "boto3"),
        ("requirements.txt", "awscli\n", "aws-cli-v1"),
        ("Gemfile", "gem 'aws-sdk-s3'\n", "ruby-v3"),
        ("composer.json", '{"require": {"aws/aws-sdk-php": "^3"}}', "php-v3"),
        ("app.csproj", '<PackageReference Include="AWSSDK.S3" Version="3.7.1" />', "dotnet-v3"),
        ("app.csproj", '<PackageReference Include="AWSSDK.S3" Version="4.0.1" />', "dotnet-v4"),
        ("Package.swift", '.package(url: "https://example.com/aws-sdk-swift")', "swift"),
        ("main.tf", 'provider "aws" {\n}\n', "terraform"),
        ("CMakeLists.txt", "find_package(AWSSDK REQUIRED COMPONENTS s3)\n", "cpp"),
        ("deploy.ps1", "Import-Module AWS.Tools.S3\n", "powershell"),
    ],
)
def test_manifest_names_an_sdk(tmp_path, name, text, sdk):
    (tmp_path / name).write_text(text)

    assert found(tmp_path) == (FoundSdk(sdk, name),)
    assert sdk in SDK_NAMES


def test_folders_of_the_tree_count_and_dependencies_do_not(tmp_path):
    for folder in ("service", "node_modules/x", ".hidden", "service/deeper"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "go.mod").write_text("github.com/aws/aws-sdk-go-v2 v1\n")

    assert found(tmp_path) == (FoundSdk("go-v2", "service/go.mod"),)


def test_word_that_only_begins_alike_is_no_sdk(tmp_path):
    (tmp_path / "requirements.txt").write_text("boto3-stubs\nmyboto3\n")

    assert [one.sdk for one in found(tmp_path)] in ([], ["boto3"])
    (tmp_path / "go.mod").write_text("github.com/aws/aws-sdk-gofer v1\n")

    assert "go-v1" not in [one.sdk for one in found(tmp_path)]


@pytest.mark.parametrize(("version", "sdk"), [("1.46.3", "aws-cli-v1"), ("2.9.19", "aws-cli-v2")])
def test_command_line_by_the_package_beside_it(tmp_path, version, sdk):
    (tmp_path / "bin").mkdir()
    (tmp_path / f"lib/python3.11/site-packages/awscli-{version}.dist-info").mkdir(parents=True)
    program = tmp_path / "bin/aws"
    program.write_text(f"#!{tmp_path}/bin/python\n")
    empty = tmp_path / "empty"
    empty.mkdir()

    actual = found(empty, {"PATH": f"/nonexistent{os.pathsep}{tmp_path}/bin"})

    assert actual == (FoundSdk(sdk, f"the program {program}"),)


def test_installer_of_version_2_is_known_by_its_folder(tmp_path):
    (tmp_path / "v2/dist").mkdir(parents=True)
    (tmp_path / "v2/dist/aws").write_bytes(b"\x7fELF")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/aws").symlink_to(tmp_path / "v2/dist/aws")
    (tmp_path / "tree").mkdir()

    assert [one.sdk for one in found(tmp_path / "tree", {"PATH": f"{tmp_path}/bin"})] == [
        "aws-cli-v2"
    ]


def test_running_programs_of_the_user(tmp_path):
    for number, program in ((10, "node"), (11, "python3.12"), (12, "java"), (13, "bash")):
        folder = tmp_path / "root/proc" / str(number)
        folder.mkdir(parents=True)
        (folder / "exe").symlink_to(f"/usr/bin/{program}")
    (tmp_path / "tree").mkdir()

    actual = found(tmp_path / "tree", root=tmp_path / "root", uid=os.geteuid())

    assert actual == (
        FoundSdk("js-v3", "node is running"),
        FoundSdk("boto3", "python3.12 is running"),
        FoundSdk("java-v2", "java is running"),
    )
    if os.geteuid() != 0:
        assert found(tmp_path / "tree", root=tmp_path / "root", uid=os.geteuid() + 1) == ()


def test_installed_package(tmp_path):
    assert found(tmp_path, packages=(("awscrt", "0.31"), ("boto3", "1.44.5"))) == (
        FoundSdk("boto3", "boto3 1.44.5 is installed"),
    )


def test_hostile_manifest_is_read_in_no_time(tmp_path):
    (tmp_path / "app.csproj").write_text("AWSSDK." + "a" * 900_000)
    (tmp_path / "main.tf").write_text('"provider"' * 90_000)

    assert found(tmp_path) == ()
