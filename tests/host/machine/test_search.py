"""The texts of a host and the words of its processes, as the audit searches them."""

from __future__ import annotations

from dataclasses import replace

from credlint import samples
from credlint.host.filesystem import FileSystem
from credlint.host.machine.capture import AuditRequest, capture_audit
from credlint.host.machine.processes import are_processes_hidden
from credlint.host.machine.search import search_texts
from credlint.host.machine.text_files import TextFile
from credlint.model.metadata import ImdsEvidence
from tests.support.host_scenario import build_audit, search, write_host
from tests.support.scenario import KEY, NOW

SECRET = samples.secret_key()
LINE = f"AWS_SECRET_ACCESS_KEY={SECRET}\n"
PROCESS = {
    "pid": 812,
    "program": "tool",
    "user": "jo",
    "arguments": ["tool", f"--aws-secret={SECRET}"],
}
HOST = {"users": {"jo": 1000}, "tree": {"/home/jo/.bash_history": LINE}, "processes": [PROCESS]}


def _request(root) -> AuditRequest:
    return AuditRequest(
        now=NOW,
        system=FileSystem(str(root)),
        uid=0,
        probe_network=False,
        imds=ImdsEvidence(),
        search=search,
    )


def test_what_an_audit_holds_of_them(tmp_path):
    audit = build_audit(HOST, tmp_path)

    assert [(one.path, one.user, one.tool) for one in audit.sightings] == [
        ("/home/jo/.bash_history", "jo", ""),
        ("process/812/arguments", "jo", "tool"),
    ]
    assert [(one.path, one.owner) for one in audit.files] == [("/home/jo/.bash_history", "jo")]
    assert dict(audit.counts)["files"] == 1


def test_one_value_has_one_fingerprint_in_texts_words_and_environments(tmp_path):
    environment = {"AWS_ACCESS_KEY_ID": samples.key_id(), "AWS_SECRET_ACCESS_KEY": SECRET}
    host = {**HOST, "processes": [{**PROCESS, "environment": environment}]}
    audit = build_audit(host, tmp_path)
    variables = {
        one.snapshot.variable("AWS_SECRET_ACCESS_KEY").fingerprint
        for one in audit.subjects
        if one.snapshot.variable("AWS_SECRET_ACCESS_KEY") is not None
    }

    assert {one.fingerprint for one in audit.sightings} == variables


def test_an_audit_of_some_processes_reads_no_texts(tmp_path):
    root = write_host(HOST, tmp_path)
    audit = capture_audit(replace(_request(root), pids=frozenset((812,))), KEY)

    assert audit.sightings == ()


def test_without_a_search_nothing_is_read(tmp_path):
    root = write_host(HOST, tmp_path)
    audit = capture_audit(replace(_request(root), search=None), KEY)

    assert audit.sightings == ()


def test_credlint_does_not_search_its_own_words(tmp_path):
    root = write_host(HOST, tmp_path)
    audit = capture_audit(replace(_request(root), own_pid=812), KEY)

    assert [one.kind for one in audit.sightings] == ["shell-history"]


def test_a_command_line_beyond_all_bounds_is_told(tmp_path):
    root = write_host(HOST, tmp_path)
    with (root / "proc/812/cmdline").open("wb") as stream:
        stream.truncate(5 * 1024 * 1024)
    audit = capture_audit(_request(root), KEY)

    assert ("/proc", "the arguments of process 812 cannot be read (too-large)") in audit.skipped


def test_further_files_can_be_named(tmp_path):
    root = write_host({"tree": {"/srv/app/.env": LINE}}, tmp_path)
    more = [TextFile("dotenv", "/srv/app/.env", "app")]
    found = search_texts(FileSystem(str(root)), [], [], KEY, search, more=more)

    assert [(one.kind, one.path, one.user) for one in found.sightings] == [
        ("dotenv", "/srv/app/.env", "app")
    ]


def test_what_units_and_processes_lead_to(tmp_path):
    host = {
        "tree": {
            "/usr/lib/systemd/system/app.service": "[Service]\nEnvironmentFile=/srv/app/settings\n"
            f"ExecStart=/usr/bin/app --aws-secret={samples.secret_key('b')}\n",
            "/srv/app/settings": f"BACKUP_{LINE}",
            "/srv/web/.env": LINE,
        },
        "processes": [{"pid": 812, "program": "web", "folder": "/srv/web"}],
    }
    audit = build_audit(host, tmp_path)

    assert [(one.kind, one.path, one.line) for one in audit.sightings] == [
        ("systemd-unit", "/usr/lib/systemd/system/app.service", 3),
        ("environment-file", "/srv/app/settings", 1),
        ("dotenv", "/srv/web/.env", 1),
    ]


def test_hidden_processes(tmp_path):
    def hidden(text: str) -> bool:
        root = write_host({"tree": {"/proc/self/mounts": text}}, tmp_path)
        return are_processes_hidden(FileSystem(str(root)))

    assert not hidden("")
    assert not hidden("proc /proc proc rw,nosuid,relatime 0 0\n")
    assert not hidden(
        "proc /proc proc rw,hidepid=off 0 0\nproc /chroot/proc proc rw,hidepid=2 0 0\n"
    )
    assert not hidden("proc /proc proc rw,hidepid=0 0 0\n")
    assert hidden("sysfs /sys sysfs rw 0 0\nproc /proc proc rw,relatime,hidepid=2 0 0\n")
    assert hidden("proc /proc proc rw,hidepid=ptraceable 0 0\n")
