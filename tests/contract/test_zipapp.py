"""The single-file form on a bare Python: what it holds, and that it says what credlint says."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import credlint
from credlint import samples
from credlint.cli.group import COMMANDS
from credlint.rulebook import load_rules

ROOT = Path(__file__).resolve().parents[2]
BUILDER = ROOT / "tools" / "zipapp" / "__main__.py"
NO_LIBRARIES = 3
SNAPSHOTS = sorted((ROOT / "fixtures" / "snapshots").glob("*.json"))
COMPILED = (".so", ".pyd", ".dll", ".dylib", ".pyc", ".pyo")

# Runs many commands in one process: `[[argument, …], …]` on standard input.
_MANY = """
import json, sys
sys.path[:0] = sys.argv[1:2]
from credlint.cli.main import main
for arguments in json.load(sys.stdin):
    sys.argv = ["credlint", *arguments]
    main()
"""

# Runs one command and tells what it did to the machine, by the events that Python reports.
_WATCHED = """
import json, os, sys
done = []
writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
acting = ("os.", "shutil.", "subprocess.", "socket.connect", "pty.", "tempfile.")
reading = ("os.listdir", "os.scandir", "os.getxattr", "os.listxattr", "os.walk", "os.fwalk")
def watch(event, arguments):
    if event == "open" and arguments[2] and arguments[2] & writing and arguments[0] != "/dev/tty":
        done.append([event, str(arguments[0])])
    elif event.startswith(acting) and event not in reading:
        done.append([event, str(arguments)])
sys.addaudithook(watch)
sys.path.insert(0, sys.argv[1])
sys.argv[:2] = ["credlint"]
from credlint.cli.main import main
code = main()
print("\\n" + json.dumps([code, done]))
"""


def _build(target: Path, wheels: Path) -> Path:
    command = [sys.executable, "-m", "tools.zipapp", "--output", str(target)]
    done = subprocess.run(
        [*command, "--wheels", str(wheels)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == NO_LIBRARIES:
        pytest.skip(f"not built: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def zipapp(tmp_path_factory) -> Path:
    """The file that CI has built (CREDLINT_TEST_ZIPAPP), else one that is built now."""
    given = os.environ.get("CREDLINT_TEST_ZIPAPP")
    if given:
        return Path(given)
    if not BUILDER.is_file():
        pytest.skip("there is no checkout to build it from")
    return _build(tmp_path_factory.mktemp("zipapp") / "credlint.pyz", ROOT / "build" / "zipapp")


def _python39() -> str:
    """Return a Python 3.9 of the search path that runs; a shim may only say that it does not."""
    for folder in os.environ["PATH"].split(os.pathsep):
        program = shutil.which("python3.9", path=folder)
        probe = "import sys; sys.exit(sys.version_info[:2] != (3, 9))"
        if program and not subprocess.run([program, "-c", probe], check=False).returncode:
            return program
    pytest.skip("there is no python3.9 on the search path")


@pytest.fixture(params=["this", "3.9"], scope="module")
def python(request) -> str:
    return sys.executable if request.param == "this" else _python39()


class Host:
    """A bare machine: no package, an empty home, one folder to work in."""

    def __init__(self, folder: Path, python: str, zipapp: Path) -> None:
        self.work = folder / "work"
        self.home = folder / "home"
        self.work.mkdir()
        self.home.mkdir()
        self._zipapp = zipapp
        self._python = python
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def bare(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the single file with no site-packages and nothing of the caller's."""
        return self._run([self._python, "-I", "-S", str(self._zipapp), *arguments], environment)

    def installed(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the credlint under test, with all that it is installed with."""
        path = os.environ["PYTHONPATH"]
        return self._run(
            [sys.executable, "-m", "credlint", *arguments],
            {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        )

    def shell(self, shell: str, script: str) -> subprocess.CompletedProcess[str]:
        """Run lines as a script file, as SSM Agent does."""
        path = self.home / "script.sh"
        path.write_text(script)
        return self._run([shell, str(path)], {})

    def _run(self, command: list[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.work,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def files(self) -> list[str]:
        found = [*self.work.rglob("*"), *self.home.rglob("*")]
        return sorted(str(path) for path in found if "credlint" not in path.name)


@pytest.fixture
def host(tmp_path, python, zipapp) -> Host:
    return Host(tmp_path, python, zipapp)


def _snapshot_files(folder: Path) -> list[str]:
    """Write the snapshots of the kept disagreements where doctor can read them."""
    paths = []
    for path in SNAPSHOTS:
        table = json.loads(path.read_text(encoding="utf-8"))
        target = folder / path.name
        target.write_text(json.dumps(table.get("snapshot", table)), encoding="utf-8")
        paths.append(str(target))
    return paths


def test_it_holds_everything_and_nothing_that_is_compiled(zipapp):
    with zipfile.ZipFile(zipapp) as archive:
        names = archive.namelist()
        times = {entry.date_time for entry in archive.infolist()}
    libraries = {name.split("/")[1] for name in names if name.startswith("licences/")}

    assert zipapp.read_bytes().startswith(b"#!/usr/bin/env python3\n")
    assert [name for name in names if name.endswith(COMPILED)] == []
    assert names == sorted(names)
    assert times == {(1980, 1, 1, 0, 0, 0)}
    assert {re.sub(r"-.*", "", name) for name in libraries} == {
        *("credlint", "attrs", "click", "lark", "python_hcl2", "sarif_om", "tomli")
    }
    assert {f"credlint/cli/{module}.py" for module, _ in COMMANDS.values()} <= set(names)
    assert len([n for n in names if n.startswith("credlint/rules/")]) > len(load_rules())


def test_a_second_build_gives_the_same_bytes(zipapp, tmp_path):
    if not BUILDER.is_file() or os.environ.get("CREDLINT_TEST_ZIPAPP"):
        pytest.skip("it was not built from this checkout now")
    again = _build(tmp_path / "again.pyz", ROOT / "build" / "zipapp")

    assert again.read_bytes() == zipapp.read_bytes()
    assert os.access(again, os.X_OK)


def test_it_starts_by_itself(zipapp):
    done = subprocess.run([zipapp, "--version"], capture_output=True, text=True, check=True)

    assert done.stdout.split()[-1] == credlint.__version__


def test_every_kept_snapshot_is_judged_as_by_the_installed_one(host, zipapp, python, tmp_path):
    paths = _snapshot_files(tmp_path)
    told = {}
    for name, command, environment in (
        ("bare", [python, "-I", "-S", "-c", _MANY, str(zipapp)], {}),
        ("usual", [sys.executable, "-c", _MANY], {"PYTHONPATH": os.environ["PYTHONPATH"]}),
    ):
        folder = tmp_path / name
        folder.mkdir()
        calls = [
            [
                *("doctor", "--snapshot", path, "--sdk", "all", "--isolated"),
                *("--format", "json", "-o", str(folder / Path(path).name)),
            ]
            for path in paths
        ]
        done = subprocess.run(
            command,
            input=json.dumps(calls),
            env={**host.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        told[name] = {path.name: path.read_text("utf-8") for path in folder.iterdir()}

    assert [name for name in told["usual"] if told["bare"][name] != told["usual"][name]] == []
    assert len(told["usual"]) == len(paths) > 100


@pytest.mark.parametrize("form", ["json", "sarif", "text"])
def test_doctor_says_what_the_installed_one_says(host, form):
    folder = host.home / ".aws"
    folder.mkdir()
    key = (
        f"aws_access_key_id = {samples.key_id()}\naws_secret_access_key = {samples.secret_key()}\n"
    )
    (folder / "credentials").write_text(f"[default]\n{key}")
    (folder / "config").write_text(
        "[default]\nregion = eu-west-1\n[profle x]\nregion = eu-west-1\n"
    )
    provider = 'provider "aws" {\n  region  = "eu-west-2"\n  profile = "missing"\n}\n'
    (host.work / "main.tf").write_text(provider)
    (host.work / "credlint.toml").write_text('sdks = ["all"]\n')
    before = host.files()
    bare = host.bare("doctor", "--format", form, AWS_PROFILE="default")
    usual = host.installed("doctor", "--format", form, AWS_PROFILE="default")

    assert bare.stdout == usual.stdout
    assert (bare.returncode, bare.stderr) == (usual.returncode, usual.stderr)
    assert bare.returncode == 1
    assert "CHN202" in bare.stdout
    # The provider block was read: SARIF tells findings alone.
    assert ("eu-west-2" in bare.stdout) == (form != "sarif")
    assert host.files() == before


def _write_host(root: Path) -> None:
    """Write the files of a host with keys in a home, a unit, a login file and a history."""
    key, secret = samples.key_id(seed="host"), samples.secret_key("host")
    files = {
        "etc/passwd": "root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000::/home/app:/bin/bash\n",
        "etc/environment": f"AWS_ACCESS_KEY_ID={key}\nAWS_SECRET_ACCESS_KEY={secret}\n",
        "etc/systemd/system/app.service": (
            f"[Service]\nUser=app\nEnvironment=AWS_ACCESS_KEY_ID={key}\n"
            f"Environment=AWS_SECRET_ACCESS_KEY={secret}\nExecStart=/usr/bin/python3 app.py\n"
        ),
        "home/app/.aws/credentials": (
            f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
        ),
        "home/app/.bash_history": f"ls\nexport AWS_SECRET_ACCESS_KEY={secret}\ngit status\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_audit_says_what_the_installed_one_says(host):
    root = host.work / "mounted"
    _write_host(root)
    before = host.files()
    arguments = ("audit", "--root", str(root), "--no-network", "--isolated", "--format", "json")
    bare, usual = host.bare(*arguments), host.installed(*arguments)

    assert bare.stdout == usual.stdout
    assert (bare.returncode, bare.stderr) == (usual.returncode, usual.stderr)
    assert bare.returncode == 1
    assert "app.service" in bare.stdout
    assert ".bash_history" in bare.stdout
    assert host.files() == before


@pytest.mark.parametrize(
    "arguments",
    [["doctor", "--sdk", "all"], ["snapshot"], ["audit", "--isolated"], ["scan", "."]],
    ids=" ".join,
)
def test_nothing_is_written_started_or_signalled(host, python, zipapp, arguments):
    """In a folder, too, where the HCL parser as it is installed keeps its tables in a file."""
    (host.work / "main.tf").write_text('provider "aws" {\n  region = "eu-west-2"\n}\n')
    more = [] if arguments[0] == "scan" else ["--no-network"]
    done = subprocess.run(
        [python, "-I", "-B", "-S", "-c", _WATCHED, str(zipapp), *arguments, *more],
        cwd=host.work,
        env=host.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    code, events = json.loads(done.stdout.splitlines()[-1])

    assert code in (0, 1)
    assert events == []


def test_a_snapshot_is_judged_by_the_installed_one(host):
    made = host.bare("snapshot", "--no-network", AWS_ACCESS_KEY_ID=samples.key_id())
    path = host.work / "snapshot.json"
    path.write_text(made.stdout)
    judged = ("doctor", "--snapshot", str(path), "--sdk", "all", "--format", "json")

    assert made.returncode == 0, made.stderr
    assert "AWS_ACCESS_KEY_ID" in made.stdout
    assert host.bare(*judged).stdout == host.installed(*judged).stdout


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["rules", "--format", "json"], ["explain", "CHN101"], ["doctor", "--help"]],
    ids=" ".join,
)
def test_what_it_says_of_itself_is_the_same(host, arguments):
    bare, usual = host.bare(*arguments), host.installed(*arguments)

    assert re.sub(r"\s+", " ", bare.stdout) == re.sub(r"\s+", " ", usual.stdout)
    assert bare.returncode == usual.returncode == 0, bare.stderr


def _write_tree(folder: Path) -> None:
    """Write enough files for several processes, with a sample of every secrets rule."""
    for number in range(300):
        (folder / f"clean{number}.txt").write_text("nothing here\n")
    for rule in load_rules(("secrets",), samples=True):
        for number, sample in enumerate((*rule.match, *rule.no_match)):
            name = Path(sample["path"]).name
            (folder / f"{rule.id}-{number}-{name}").write_text(samples.expand(sample["text"]))
    (folder / "accepted.txt").write_text(
        f"# credlint: ignore[SEC202] revoked\n{samples.github_token()}\n"
    )


def test_scan_finds_what_the_installed_one_finds(host):
    _write_tree(host.work)
    arguments = ("scan", ".", "--per-place", "--format", "json", "--select", "SEC,RUN")
    bare, usual = host.bare(*arguments), host.installed(*arguments, CREDLINT_CACHE_DIR="/nowhere")

    assert json.loads(bare.stdout) == json.loads(usual.stdout)
    assert len(json.loads(bare.stdout)["findings"]) > 50
    assert bare.returncode == 1
    assert list(host.home.iterdir()) == []


def test_formats_whose_readers_are_compiled_are_told(host):
    (host.work / "deploy.sh").write_text("curl http://169.254.169.254/latest/meta-data/\n")
    (host.work / "use.py").write_text("import boto3\nboto3.client('s3', verify=False)\n")
    told = json.loads(host.bare("scan", ".", "--format", "json").stdout)

    assert [finding["code"] for finding in told["findings"]] == ["SRC104"]
    assert [(skip["path"], skip["code"]) for skip in told["skipped"]] == [("deploy.sh", "RUN907")]
    assert "is not read without the library tree_sitter" in told["skipped"][0]["reason"]


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_script_of_the_readme_audits_and_leaves_nothing(host, zipapp, shell):
    """As SSM Agent runs it; what is audited is a made-up host, and the address a file's."""
    memory = Path("/dev/shm")  # noqa: S108  the readme's
    if not (memory.is_dir() and shutil.which("curl") and shutil.which(shell)):
        pytest.skip("there is no /dev/shm, curl or shell")
    script = (ROOT / "README.md").read_text("utf-8").partition("```sh\n")[2].partition("```")[0]
    (host.work / "etc").mkdir()
    lines = [
        f"url='{zipapp.as_uri()}'",
        f"sum='{hashlib.sha256(zipapp.read_bytes()).hexdigest()}'",
        script.replace(" audit ", f" audit --root {host.work} --no-network "),
    ]
    assert " audit " in script
    before = set(memory.iterdir())
    good = host.shell(shell, "\n".join(lines))
    bad = host.shell(shell, "\n".join([lines[0], "sum='0000'", lines[2]]))

    assert json.loads(good.stdout)["runs"][0]["tool"]["driver"]["name"] == "credlint"
    assert good.returncode in (0, 1, 3), good.stderr
    assert (bad.returncode, bad.stdout) == (2, "")
    assert [path for path in set(memory.iterdir()) - before if "credlint" in path.name] == []


def test_it_completes_words_for_the_shell(host):
    done = host.bare(
        _CREDLINT_COMPLETE="bash_complete", COMP_WORDS="credlint doctor --sdk jav", COMP_CWORD="3"
    )

    assert done.stdout.splitlines() == ["plain,java-v1", "plain,java-v2"]


def test_an_old_python_is_turned_away_by_the_first_file(zipapp):
    with zipfile.ZipFile(zipapp) as archive:
        start = archive.read("__main__.py").decode("ascii")
    probe = "import sys\nsys.version_info = (3, 8, 20)\nexec(sys.stdin.read())"
    done = subprocess.run(
        [sys.executable, "-c", probe], input=start, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "needs Python 3.9" in done.stderr
