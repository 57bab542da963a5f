"""Where a baseline comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from credlint.config import BASELINE_FILE, baseline_to_create, load_settings
from credlint.config_values import ConfigError


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "src" / "deep").mkdir(parents=True)
    return tmp_path


def found(target: Path, environment=None, command_line=None, **options):
    settings = load_settings(target, environment or {}, command_line or {}, **options)
    return settings.baseline, settings.baseline_found


def test_the_nearest_one_is_found(repository):
    assert found(repository / "src" / "deep") == (None, False)
    (repository / BASELINE_FILE).touch()
    assert found(repository / "src" / "deep") == (repository / BASELINE_FILE, True)
    (repository / "src" / BASELINE_FILE).touch()
    assert found(repository / "src" / "deep") == (repository / "src" / BASELINE_FILE, True)
    assert found(repository) == (repository / BASELINE_FILE, True)


def test_nothing_is_searched_above_the_repository_or_outside_of_one(tmp_path):
    (tmp_path / BASELINE_FILE).touch()
    inner = tmp_path / "inner"
    (inner / "sub").mkdir(parents=True)
    assert found(inner) == (None, False)
    (inner / ".git").mkdir()
    assert found(inner / "sub") == (None, False)


def test_who_names_one_outranks_what_lies_there(repository):
    (repository / BASELINE_FILE).touch()
    (repository / "credlint.toml").write_text('baseline = "ci/accepted"\n')

    assert found(repository) == (repository / "ci" / "accepted", True)
    named = Path("/elsewhere")
    assert found(repository, {"CREDLINT_BASELINE": "/elsewhere"}) == (named, False)
    assert found(repository, None, {"baseline": named}) == (named, False)
    assert found(repository, {"CREDLINT_BASELINE": "/x"}, {"baseline": named}) == (named, False)


def test_a_configuration_that_is_named_names_its_baseline(repository, tmp_path):
    configuration = tmp_path / "ci.toml"
    configuration.write_text('baseline = "accepted"\n')

    assert found(repository, config=configuration) == (tmp_path / "accepted", False)


def test_isolated_looks_for_none(repository):
    (repository / BASELINE_FILE).touch()

    assert found(repository, isolated=True) == (None, False)
    assert found(repository, None, {"baseline": Path("x")}, isolated=True) == (Path("x"), False)


@pytest.mark.parametrize(
    "value", ["/etc/passwd", "../x", "a/../../x", "a//b", "C:/x", "", "a\\..\\x"]
)
def test_a_configuration_cannot_name_what_lies_elsewhere(repository, value):
    (repository / "credlint.toml").write_text(f"baseline = '{value}'\n")

    with pytest.raises(ConfigError, match="below the configuration"):
        found(repository)


def test_a_new_one_goes_beside_the_configuration_or_to_the_root(repository, tmp_path_factory):
    deep = repository / "src" / "deep"
    assert baseline_to_create(deep, load_settings(deep, {}, {})) == repository / BASELINE_FILE
    (repository / "src" / "credlint.toml").touch()
    assert (
        baseline_to_create(deep, load_settings(deep, {}, {})) == repository / "src" / BASELINE_FILE
    )
    outside = tmp_path_factory.mktemp("outside")
    assert baseline_to_create(outside, load_settings(outside, {}, {})) == outside / BASELINE_FILE
