from __future__ import annotations

import hashlib
import json
import os

import pytest

from credlint.host.access import Viewer
from credlint.host.caches import ENTRY_LIMIT, capture_caches, iter_cut
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.home import display_path
from credlint.host.ways import Accounts, Ways

URL = "https://example.awsapps.com/start"
TOKEN = {"accessToken": "secret-token", "startUrl": URL, "expiresAt": "2026-07-01T12:00:00Z"}


def digest(text):
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def look(tmp_path):
    def capture(environment=None, system=OWN):
        home = str(tmp_path)
        ways = Ways(system, os.getuid(), Accounts(tmp_path), lambda path: display_path(path, home))
        return capture_caches(environment or {}, home, system, ways, lambda text: f"({text})")

    return capture


def write(path, content, mode=0o600):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    path.chmod(mode)


def test_an_sso_token_is_known_by_its_url_and_time_alone(tmp_path, look):
    write(tmp_path / ".aws/sso/cache" / f"{digest(URL)}.json", TOKEN, 0o640)

    found = look()

    (entry,) = found.entries
    assert entry.path == f"~/.aws/sso/cache/{digest(URL)}.json"
    assert (entry.kind, entry.status, entry.error, entry.mode) == ("sso", "present", None, 0o640)
    assert (entry.start_url, entry.by_url) == (f"({URL})", True)
    assert (entry.expires, entry.is_token) == ("2026-07-01T12:00:00Z", True)
    assert "secret-token" not in repr(found)


def test_a_token_under_a_sessions_name_is_not_by_its_url(tmp_path, look):
    write(tmp_path / ".aws/sso/cache" / f"{digest('corp')}.json", TOKEN)

    assert [entry.by_url for entry in look().entries] == [False]


def test_a_name_that_is_no_digest_is_scrubbed(tmp_path, look):
    write(tmp_path / ".aws/sso/cache/botocore-client-id.json", {"clientId": "x"})

    (entry,) = look().entries

    assert (entry.key, entry.is_token) == ("(botocore-client-id)", False)


@pytest.mark.parametrize(
    ("content", "status", "error"),
    [
        ("", "empty", "malformed"),
        ("{", "present", "malformed"),
        ("[1]", "present", "malformed"),
        ({"Credentials": {"AccessKeyId": "x"}}, "present", "incomplete"),
        ({"Credentials": None}, "present", "incomplete"),
        ({"Credentials": {"Expiration": "x"}}, "present", None),
        ({"other": 1}, "present", None),
    ],
)
def test_sessions_of_the_cli(tmp_path, look, content, status, error):
    write(tmp_path / ".aws/cli/cache/0a1b.json", content)

    (entry,) = look().entries

    assert (entry.kind, entry.status, entry.error) == ("cli", status, error)


def test_odd_values_are_no_url_and_no_time(tmp_path, look):
    odd = {"accessToken": "x", "startUrl": ["x"], "expiresAt": "tomorrow <script>"}
    write(tmp_path / ".aws/sso/cache/a.json", odd)

    (entry,) = look().entries

    assert (entry.start_url, entry.expires) == (None, None)


def test_the_login_cache_is_where_the_variable_says(tmp_path, look):
    write(tmp_path / "elsewhere/a.json", {})

    found = look({"AWS_LOGIN_CACHE_DIRECTORY": "~/elsewhere"})

    assert [(entry.kind, entry.path) for entry in found.entries] == [
        ("login", "~/elsewhere/(a).json")
    ]


def test_folders_are_told_with_their_modes(tmp_path, look):
    write(tmp_path / ".aws/sso/cache/a.json", {})
    (tmp_path / ".aws").chmod(0o777)
    (tmp_path / ".aws/sso").chmod(0o755)
    (tmp_path / ".aws/sso/cache").chmod(0o700)

    assert [(node.path, node.mode) for node in look().folders] == [
        ("~/.aws", 0o777),
        ("~/.aws/sso", 0o755),
        ("~/.aws/sso/cache", 0o700),
    ]


def test_no_more_than_so_many_are_looked_at_and_it_is_said(tmp_path, look):
    for number in range(ENTRY_LIMIT + 1):
        write(tmp_path / f".aws/cli/cache/{number:04}.json", "{}")

    found = look()

    assert len(found.entries) == ENTRY_LIMIT
    assert list(iter_cut(found)) == [
        ("~/.aws/cli/cache", f"only the first {ENTRY_LIMIT} files were looked at")
    ]


def test_a_folder_closed_to_the_subject_has_no_entries(tmp_path, look):
    write(tmp_path / ".aws/sso/cache/a.json", TOKEN)
    (tmp_path / ".aws/sso/cache").chmod(0o700)

    assert look(system=FileSystem(viewer=Viewer(4000))).entries == ()


def test_no_folder_at_all(look):
    found = look()

    assert (found.entries, found.folders, found.cut) == ((), (), ())
