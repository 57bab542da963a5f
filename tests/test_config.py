from __future__ import annotations

import os
from pathlib import Path

import pytest

from credlint.config import Settings, find_config, load_settings
from credlint.config_values import ConfigError
from tests.support.rights import without_rights


@pytest.fixture
def repository(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "src" / "deep").mkdir(parents=True)
    return tmp_path


def write(folder: Path, text: str, name: str = "credlint.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def load(target, environment=None, command_line=None, **options):
    return load_settings(target, environment or {}, command_line or {}, **options)


def test_defaults_without_a_file(repository):
    assert load(repository) == Settings()


def test_every_key_is_read(repository):
    write(
        repository,
        """
        select = ["SEC", "CHN1"]
        ignore = ["SEC201"]
        extend-select = ["SRC101"]
        fail-on = "high"
        strict = true
        exclude = ["vendor/"]
        max-file-size = "30GB"
        sdks = ["boto3", "go-v2"]
        jobs = 4
        [per-file-ignores]
        "tests/**" = ["SEC101"]
        [expect]
        accounts = ["123456789012"]
        """,
    )

    assert load(repository / "src") == Settings(
        select=("SEC", "CHN1"),
        ignore=("SEC201",),
        extend_select=("SRC101",),
        fail_on="high",
        strict=True,
        exclude=("vendor/",),
        max_file_size=30_000_000_000,
        per_file_ignores=(("tests/**", ("SEC101",)),),
        sdks=("boto3", "go-v2"),
        expect_accounts=("123456789012",),
        jobs=4,
        root=repository,
        source="credlint.toml",
        notes=(
            "select = SEC, CHN1",
            "ignore = SEC201",
            "exclude = vendor/",
            "per-file-ignores = tests/**: SEC101",
            "fail-on = high",
            "sdks = boto3, go-v2",
        ),
    )


def test_command_line_beats_environment_beats_file(repository):
    write(repository, 'fail-on = "high"\njobs = 1\nstrict = true')
    environment = {"CREDLINT_FAIL_ON": "medium", "CREDLINT_JOBS": "2"}
    settings = load(repository, environment, {"fail_on": "note", "strict": None})

    assert (settings.fail_on, settings.jobs, settings.strict) == ("note", 2, True)


def test_overridden_narrowing_is_not_told(repository):
    write(repository, 'fail-on = "never"\nignore = ["SEC101"]')

    assert load(repository).notes == ("ignore = SEC101", "fail-on = never")
    assert load(repository, {}, {"fail_on": "low"}).notes == ("ignore = SEC101",)


def test_rules_named_by_the_user_are_not_ignored_by_the_repository(repository):
    write(repository, 'ignore = ["SEC101"]\nextend-select = ["CHN101"]')
    settings = load(repository, {}, {"select": ("SEC101",)})

    assert (settings.select, settings.ignore, settings.extend_select) == (("SEC101",), (), ())
    assert settings.notes == ()


def test_file_given_by_the_user_is_not_told(repository, tmp_path):
    own = write(tmp_path / "src", 'ignore = ["SEC101"]', "mine.toml")
    settings = load(repository, config=own)

    assert settings.ignore == ("SEC101",)
    assert settings.notes == ()
    assert settings.root == tmp_path / "src"


def test_larger_size_limit_is_no_narrowing(repository):
    write(repository, "max-file-size = 1000")

    assert load(repository).notes == ("max-file-size = 1000",)


def test_nearest_file_wins(repository):
    write(repository, "jobs = 1")
    nearest = write(repository / "src", "jobs = 2")

    assert find_config(repository / "src" / "deep" / "file.py") == nearest


def test_search_ends_at_the_root_of_the_repository(repository):
    write(repository.parent, "jobs = 7")
    try:
        assert find_config(repository / "src") is None
    finally:
        (repository.parent / "credlint.toml").unlink()


def test_outside_of_a_repository_only_the_own_folder_counts(tmp_path):
    (tmp_path / "a").mkdir()
    write(tmp_path, "jobs = 1")

    assert find_config(tmp_path) == tmp_path / "credlint.toml"
    assert find_config(tmp_path / "a") is None


def test_project_file_needs_the_table(repository):
    write(repository, "[tool.credlint]\njobs = 3", "pyproject.toml")
    write(repository / "src", "[tool.other]\njobs = 9", "pyproject.toml")

    assert load(repository / "src").jobs == 3
    assert load(repository / "src").source == "pyproject.toml"


@pytest.mark.parametrize(
    "head",
    ["[tool.credlint]", "[ tool . credlint ]", '["tool"."cred\\u006cint"]', "['tool'.'credlint']"],
)
def test_the_table_may_be_spelt_as_toml_allows(repository, head):
    write(repository, f"{head}\njobs = 3", "pyproject.toml")

    assert load(repository).jobs == 3


def test_a_project_file_that_cannot_name_credlint_is_not_parsed(repository, monkeypatch):
    write(repository, "[tool.other]\njobs = 9", "pyproject.toml")
    monkeypatch.setattr("credlint.config._parse", None)

    assert load(repository).source is None


def test_own_file_comes_before_the_project_file(repository):
    write(repository, "[tool.credlint]\njobs = 3", "pyproject.toml")
    write(repository, "jobs = 4")

    assert load(repository).jobs == 4


def test_broken_project_file_of_others_is_passed_by(repository):
    write(repository, "[broken", "pyproject.toml")

    assert load(repository) == Settings()


def test_broken_project_file_that_names_credlint_is_an_error(repository):
    write(repository, "[tool.credlint]\njobs = ", "pyproject.toml")

    with pytest.raises(ConfigError, match=r'"pyproject.toml" is not valid TOML \(at '):
        load(repository)


def test_isolated_reads_no_file(repository):
    write(repository, "jobs = 3")

    assert load(repository, isolated=True) == Settings()
    assert load(repository, {"CREDLINT_ISOLATED": "1"}) == Settings()


def test_config_can_be_named_by_the_environment(repository):
    own = write(repository / "src", "jobs = 5", "mine.toml")

    assert load(repository, {"CREDLINT_CONFIG": str(own)}).jobs == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", 'credlint.toml: unknown key "selct", did you mean "select"?'),
        ("zzz = 1", 'credlint.toml: unknown key "zzz"; known are select, ignore'),
        ("imds-endpoint = 'http://x'", 'credlint.toml: unknown key "imds-endpoint"'),
        ("[expect]\nacounts = []", 'unknown key "expect.acounts", did you mean "expect.accounts"'),
        ("expect = 1", 'unknown key "expect"'),
        (f"exclude = ['{'x' * 1001}']", '"exclude" is too long'),
        (f"[per-file-ignores]\n'{'x' * 1001}' = []", "empty or too long pattern"),
        ('select = "SEC"', 'credlint.toml: "select" must be a list of texts'),
        ("select = [1]", '"select" must be a list of texts'),
        ('exclude = [""]', '"exclude" holds an empty text'),
        ('fail-on = "hihg"', 'must be one of low, medium, .* did you mean "high"?'),
        ("strict = 1", '"strict" must be true or false'),
        ("jobs = true", '"jobs" must be a number from 0 to 256'),
        ("jobs = 1000", '"jobs" must be a number from 0 to 256'),
        ('max-file-size = "ten"', '"max-file-size" must be a number of bytes or a size'),
        ("max-file-size = 0", '"max-file-size" must be a number of bytes or a size'),
        ("per-file-ignores = []", '"per-file-ignores" must be a table'),
        ('[per-file-ignores]\n"*" = "SEC"', '"per-file-ignores" must be a list of texts'),
        ('sdks = ["boto"]', 'must be one of boto3, .*did you mean "boto3"?'),
        ("sdks = []", '"sdks" must name at least one SDK'),
        ('[expect]\naccounts = ["123"]', '"expect.accounts" must hold account numbers'),
        (
            '[expect]\nnode-role-namespaces = ["A b"]',
            '"expect.node-role-namespaces" must hold names of Kubernetes namespaces',
        ),
        ("[[broken", r'"credlint.toml" is not valid TOML \(at '),
    ],
)
def test_mistakes_are_told_with_file_and_key(repository, text, message):
    write(repository, text)

    with pytest.raises(ConfigError, match=message):
        load(repository)


def test_text_of_a_broken_file_is_not_repeated(repository):
    write(repository, 'select = "CANARY-VALUE\n')

    with pytest.raises(ConfigError) as caught:
        load(repository)
    assert "CANARY" not in str(caught.value)


def test_undecodable_and_huge_files_are_refused(repository):
    path = write(repository, "")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load(repository)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="is larger than 1,000,000 bytes"):
        load(repository)


def test_deep_nesting_is_refused(repository):
    write(repository, "a = " + "[" * 100_000)

    with pytest.raises(ConfigError):
        load(repository)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a POSIX thing")
def test_named_pipe_is_no_configuration(repository):
    os.mkfifo(repository / "credlint.toml")

    assert load(repository) == Settings()


def test_missing_named_file_is_refused(repository):
    with pytest.raises(ConfigError, match="is not there, or is no file"):
        load(repository, config=repository / "none.toml")


def test_named_project_file_without_table_is_refused(repository):
    path = write(repository, "", "pyproject.toml")

    with pytest.raises(ConfigError, match=r"has no \[tool.credlint\] table"):
        load(repository, config=path)


def test_environment_lists_and_switches():
    settings = load(
        Path("/nonexistent"),
        {
            "CREDLINT_SELECT": "SEC, CHN1",
            "CREDLINT_STRICT": "yes",
            "CREDLINT_MAX_FILE_SIZE": "2MiB",
            "CREDLINT_EXPECT_ACCOUNTS": "123456789012",
            "CREDLINT_EXPECT_NODE_ROLE_NAMESPACES": "kube-system, monitoring",
            "CREDLINT_IMDS_ENDPOINT": "http://127.0.0.1:1",
            "CREDLINT_SOMETHING_ELSE_ENTIRELY": "x",
            "OTHER": "x",
        },
    )

    assert settings == Settings(
        select=("SEC", "CHN1"),
        strict=True,
        max_file_size=2 * 1024 * 1024,
        expect_accounts=("123456789012",),
        expect_node_role_namespaces=("kube-system", "monitoring"),
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("CREDLINT_STRICT", "perhaps", "CREDLINT_STRICT must be true or false"),
        ("CREDLINT_JOBS", "x", "CREDLINT_JOBS must be a number"),
        ("CREDLINT_FAIL_ONN", "low", 'unknown variable "CREDLINT_FAIL_ONN", did you mean'),
    ],
)
def test_mistakes_in_the_environment_are_told(name, value, message):
    with pytest.raises(ConfigError, match=message):
        load(Path("/nonexistent"), {name: value})


def test_unknown_setting_of_the_caller_is_refused(repository):
    with pytest.raises(ConfigError, match="no such setting: sdk"):
        load(repository, {}, {"sdk": ("boto3",)})


def test_project_table_must_be_a_table(repository):
    write(repository, "[tool]\ncredlint = 1", "pyproject.toml")

    with pytest.raises(ConfigError, match=r'"tool\.credlint" is no table'):
        load(repository)


def test_unreadable_file_is_refused(repository):
    write(repository, "").chmod(0)

    with (
        without_rights(repository),
        pytest.raises(ConfigError, match="cannot be read: Permission denied"),
    ):
        load(repository)


def test_folder_called_like_the_file_is_passed_by(repository):
    (repository / "credlint.toml").mkdir()

    assert load(repository) == Settings()
