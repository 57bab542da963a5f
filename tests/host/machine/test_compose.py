"""Compose files and the environment files beside them."""

from __future__ import annotations

import pytest

from credlint.host.filesystem import FileSystem
from credlint.host.machine.compose import compose_lines
from credlint.host.machine.texts import Texts

LABEL = "com.docker.compose.project."
ENVIRONMENT = {"AWS_REGION": "eu-west-1", "PORT": "8080", "PATH": "/usr/bin"}


def found(tmp_path, files, labels=None, environment=ENVIRONMENT):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    default = {f"{LABEL}config_files": "/srv/compose.yml"}
    texts = Texts(FileSystem(str(tmp_path)))
    lines = compose_lines(texts, default if labels is None else labels, environment, "app")
    return [(one.path, one.line, one.column, one.end_column, one.variable) for one in lines]


@pytest.mark.parametrize(
    "text",
    [
        "      AWS_REGION: eu-west-1\n",
        "      - AWS_REGION=eu-west-1\n",
        '      - "AWS_REGION=eu-west-1"\n',
    ],
)
def test_line_with_the_variable_and_its_value(tmp_path, text):
    column = text.index("eu-west-1") + 1

    lines = found(tmp_path, {"srv/compose.yml": f"services:\n  app:\n{text}"})

    assert lines == [("/srv/compose.yml", 3, column, column + 9, "AWS_REGION")]


@pytest.mark.parametrize(
    "text",
    [
        "      # AWS_REGION: eu-west-1\n",
        "      AWS_REGION: us-east-1\n",
        "      AWS_REGION: ${REGION}\n",
        "      PORT: 8080\n",
        "      eu-west-1: AWS_REGION\n",
    ],
)
def test_line_of_something_else(tmp_path, text):
    assert found(tmp_path, {"srv/compose.yml": text}) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("services:\n  app:\n    env_file: conf/app.env\n", "srv/conf/app.env"),
        ("services:\n  app:\n    env_file:\n      - ./live.env\n", "srv/live.env"),
        ("AWS_REGION: ${AWS_REGION}\n", "srv/.env"),
    ],
)
def test_environment_file_beside_it(tmp_path, text, name):
    lines = found(tmp_path, {"srv/compose.yml": text, name: "# live\nAWS_REGION=eu-west-1\n"})

    assert lines == [(f"/{name}", 2, 12, 21, "AWS_REGION")]


def test_files_of_a_folder_that_is_named_apart(tmp_path):
    labels = {
        f"{LABEL}working_dir": "/srv/app",
        f"{LABEL}config_files": "base.yml, /etc/over.yml",
        f"{LABEL}environment_file": "/etc/secret",
    }
    files = dict.fromkeys(("srv/app/base.yml", "etc/secret"), "AWS_REGION=eu-west-1\n")

    assert [line[0] for line in found(tmp_path, files, labels)] == [
        "/srv/app/base.yml",
        "/etc/secret",
    ]


@pytest.mark.parametrize("labels", [{}, {f"{LABEL}config_files": 7}])
def test_container_that_compose_did_not_make(tmp_path, labels):
    assert found(tmp_path, {"srv/compose.yml": "AWS_REGION: eu-west-1\n"}, labels) == []
