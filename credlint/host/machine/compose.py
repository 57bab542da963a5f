"""The lines of Compose files, and of the environment files beside them, that set a container up.

Docker's own state tells what a container was made with; a person changes the file it was made
from. Compose writes that file's path into the container's labels. Sources: docker/compose
pkg/api/labels.go (config_files, environment_file, working_dir).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from credlint.host.machine.assignments import RawAssignment, is_wanted
from credlint.host.machine.texts import Lines, Texts

_LABEL = "com.docker.compose.project."
# Words of a Compose file that may name an environment file: `.env`, `app.env`, `config/.env.live`.
_ENVIRONMENT_FILE = re.compile(r"[\w./-]*\.env[\w.-]*")
_FILE_LIMIT = 20


def compose_lines(
    texts: Texts, labels: Mapping[str, object], environment: Mapping[str, str], container: str
) -> Iterator[RawAssignment]:
    """Yield where the variables about AWS of a container stand in the files it was made from.

    A line counts that holds both the variable's name and its value.
    """
    wanted = {
        name: value for name, value in environment.items() if is_wanted(name) and value.strip()
    }
    if not wanted:
        return
    for path in _files(texts, labels):
        text = texts.read(path)
        lines, position = Lines(text or ""), 0
        for written in (text or "").splitlines(keepends=True):
            for name, value in wanted.items():
                start = written.find(value, written.find(name) + len(name))
                if name in written and start >= 0 and not written.lstrip().startswith("#"):
                    begin = position + start
                    line, column, end = lines.place(begin, begin + len(value))
                    yield RawAssignment(
                        kind="compose-file",
                        path=path,
                        line=line,
                        column=column,
                        end_column=end,
                        variable=name,
                        value=value,
                        container=container,
                    )
            position += len(written)


def _files(texts: Texts, labels: Mapping[str, object]) -> list[str]:
    """Return the Compose files, then the environment files that they or Compose name."""
    folder = _label(labels, "working_dir")
    named = [word.strip() for word in _label(labels, "config_files").split(",")]
    files = [posixpath.join(folder or "/", word) for word in named if word]
    found = dict.fromkeys(path for path in files if path.startswith("/"))
    for path in tuple(found):
        base = posixpath.dirname(path)
        for word in _ENVIRONMENT_FILE.findall(texts.read(path) or ""):
            found[posixpath.normpath(posixpath.join(base, word))] = None
        found[posixpath.join(base, ".env")] = None
    for word in _label(labels, "environment_file").split(","):
        if word.strip().startswith("/"):
            found[word.strip()] = None
    return list(found)[:_FILE_LIMIT]


def _label(labels: Mapping[str, object], name: str) -> str:
    value = labels.get(_LABEL + name)
    return value if isinstance(value, str) else ""
