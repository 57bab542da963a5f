"""A made-up host of many processes and homes, as files below a folder, to time an audit of it.

Everything that costs an audit time is there in a realistic amount: environments of 2 to 6 KB,
mapped files, units, containers with roots of their own, histories, programs to be searched.
Keys are made from seeds; the same numbers give the same host.
"""

from __future__ import annotations

import hashlib
import os
import random
from dataclasses import dataclass, field
from pathlib import Path

from credlint import samples

_ACCOUNT = "123456789012"
_LIBRARIES = ("libc.so.6", "libm.so.6", "libssl.so.3", "libcrypto.so.3", "libz.so.1", "ld.so.2")
_POOL = "".join(random.Random(3).choices("abcdefgh/:=;01", k=4000))  # noqa: S311  no secret
_DAEMONS = ("sshd", "cron", "rsyslogd", "dockerd", "chronyd", "agent", "nginx", "postgres")


@dataclass
class _Host:
    root: Path
    chance: random.Random
    pid: int = 1
    written: int = 0
    folders: set[Path] = field(default_factory=set)

    def write(self, path: str, text: str, mode: int = 0o644, owner: int = 0) -> None:
        place = self.root / path.lstrip("/")
        if place.parent not in self.folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self.folders.add(place.parent)
        place.write_text(text)
        if os.geteuid() == 0:
            place.chmod(mode)
            if owner:
                os.chown(place, owner, owner)
                os.chown(place.parent, owner, owner)

    def next_pid(self) -> int:
        self.pid += 1
        return self.pid


def write_many(root: Path, processes: int = 2000, users: int = 50) -> int:
    """Write the host; return how many processes it has besides threads of the kernel."""
    host = _Host(root, random.Random(7))  # noqa: S311  no secret
    for folder in ("etc", "proc/self/ns", "sys/class/dmi/id"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "proc/self/ns/net").symlink_to("net:[1]")
    (root / "proc/self/ns/mnt").symlink_to("mnt:[1]")
    host.write("sys/class/dmi/id/sys_vendor", "Amazon EC2\n")
    names = [f"user{number:02}" for number in range(users)]
    lines = ["root:x:0:0::/root:/bin/bash", "app:x:900:900::/srv/app:/usr/sbin/nologin"]
    lines += [f"{n}:x:{1000 + i}:{1000 + i}::/home/{n}:/bin/bash" for i, n in enumerate(names)]
    host.write("etc/passwd", "\n".join(lines) + "\n")
    host.write("etc/group", "\n".join(line.split(":")[0] + ":x:" + line.split(":")[3] + ":"
                                       for line in lines) + "\n")  # fmt: skip
    for number, name in enumerate(names):
        _write_home(host, number, f"/home/{name}")
    _write_units(host)
    _write_programs(host)
    _process(host, "systemd", 0, "", parent=0, pid=1)
    for number in range(60):
        _process(host, _DAEMONS[number % len(_DAEMONS)], 0, f"daemon{number}.service")
    for number in range(40):
        _service(host, number)
    for number in range(20):
        _container(host, number)
    for number in range(users):
        _login(host, number, names[number])
    while host.written < processes:
        _process(host, "worker", 900, f"pool{host.written % 30}.service")
    for _ in range(150):
        _kernel_thread(host)
    return host.written


def _keys(seed: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": samples.expand(f"@@key-id:AKIA:{_ACCOUNT}:{seed}@@"),
        "AWS_SECRET_ACCESS_KEY": samples.expand(f"@@secret-key:{seed}@@"),
    }


def _write_home(host: _Host, number: int, home: str) -> None:
    owner = 1000 + number
    keys = _keys(f"home{number}")
    profiles = ["default", *(f"profile p{one}" for one in range(6))]
    config = "".join(f"[{one}]\nregion = eu-west-1\noutput = json\n\n" for one in profiles)
    config += f"[profile deploy]\nrole_arn = arn:aws:iam::{_ACCOUNT}:role/deploy\n"
    host.write(f"{home}/.aws/config", config + "source_profile = default\n", 0o600, owner)
    if number % 2 == 0:
        pair = "".join(f"{name.lower()} = {value}\n" for name, value in keys.items())
        host.write(f"{home}/.aws/credentials", f"[default]\n{pair}", 0o600, owner)
    commands = [
        f"cd /srv/project{n % 97} && git status -sb && make test N={n}" for n in range(2000)
    ]
    if number % 10 == 0:
        commands[700] = "export AWS_SECRET_ACCESS_KEY=" + keys["AWS_SECRET_ACCESS_KEY"]
    host.write(f"{home}/.bash_history", "\n".join(commands) + "\n", 0o600, owner)
    startup = "".join(f"alias l{n}='ls -la --color=auto {n}'\n" for n in range(60))
    if number % 10 == 0:
        startup += "".join(f"export {name}={value}\n" for name, value in keys.items())
    host.write(f"{home}/.bashrc", startup, 0o644, owner)
    host.write(f"{home}/.profile", "umask 022\n. ~/.bashrc\n", 0o644, owner)


def _write_units(host: _Host) -> None:
    text = "[Unit]\nDescription={0}\n\n[Service]\nExecStart=/usr/bin/{0}\nRestart=always\n"
    for number in range(150):
        host.write(f"usr/lib/systemd/system/dormant{number}.service", text.format("dormant"))
    for number in range(40):
        name = f"etc/systemd/system/app{number}.service"
        extra = f"User=app\nEnvironmentFile=/etc/app/app{number}.env\n"
        host.write(name, text.format("python3.9") + extra)
        variables = {"AWS_REGION": "eu-west-1", "PORT": str(8000 + number)}
        if number % 4 == 0:
            variables.update(_keys(f"app{number}"))
        pairs = "".join(f"{name}={value}\n" for name, value in variables.items())
        host.write(f"etc/app/app{number}.env", pairs, 0o600)


def _write_programs(host: _Host) -> None:
    for name in ("systemd", "bash", "worker", "python3.9", "node", *_DAEMONS):
        host.write(f"usr/bin/{name}", "\x7fELF", 0o755)
        size = 60_000_000 if name in ("agent", "dockerd", "node") else 1_000_000
        os.truncate(host.root / "usr/bin" / name, size)
    host.write("usr/lib/python3.9/site-packages/boto3/__init__.py", "")


def _service(host: _Host, number: int) -> None:
    """Write a service of five processes; every one of them has variables of AWS."""
    variables = {"AWS_REGION": "eu-west-1", "PORT": str(8000 + number), "HOME": "/srv/app"}
    if number % 4 == 0:
        variables.update(_keys(f"app{number}"))
    unit = f"app{number}.service"
    words = ("/usr/bin/python3", f"/srv/app{number}/main.py")
    parent = _process(host, "python3.9", 900, unit, variables=variables, words=words)
    for _ in range(4):
        _process(host, "python3.9", 900, unit, parent, variables=variables, words=words)


def _container(host: _Host, number: int) -> None:
    identifier = hashlib.sha256(str(number).encode()).hexdigest()
    root = f"/var/lib/docker/overlay2/{identifier}/merged"
    for path, text in (("etc/passwd", "root:x:0:0::/root:/bin/sh\n"), ("usr/bin/node", "\x7fELF")):
        host.write(f"{root}/{path}", text)
    group = f"docker-{identifier}.scope"
    variables = {"AWS_REGION": "eu-west-1"} if number % 2 else {}
    parent = _process(host, "node", 0, group, root=root, variables=variables)
    for _ in range(9):
        _process(host, "node", 0, group, parent, root=root, variables=variables)


def _login(host: _Host, number: int, name: str) -> None:
    uid, variables = 1000 + number, {"HOME": f"/home/{name}", "USER": name}
    if number % 10 == 0:
        variables.update(_keys(f"home{number}"))
    parent = _process(host, "sshd", 0, "")
    parent = _process(host, "bash", uid, "", parent, variables=variables, terminal=True)
    for _ in range(6):
        _process(host, "bash", uid, "", parent, variables=variables, terminal=True)


def _process(
    host: _Host,
    program: str,
    uid: int,
    group: str,
    parent: int = 1,
    *,
    pid: int = 0,
    variables: dict[str, str] | None = None,
    words: tuple[str, ...] = (),
    root: str = "/",
    terminal: bool = False,
) -> int:
    pid = pid or host.next_pid()
    folder = f"proc/{pid}"
    numbers = f"{uid}\t" * 4
    host.write(
        f"{folder}/status",
        f"Name:\t{program}\nPPid:\t{parent}\nUid:\t{numbers}\nGid:\t{numbers}\nGroups:\t{uid}\n",
    )
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **(variables or {})}
    size, wanted = 0, host.chance.randint(2000, 6000)
    while size < wanted:
        start = host.chance.randrange(3000)
        value = _POOL[start : start + host.chance.randint(10, 200)]
        environment[f"SETTING_{len(environment)}"] = value
        size += len(value) + 12
    host.write(f"{folder}/environ", "".join(f"{n}={v}\0" for n, v in environment.items()))
    host.write(f"{folder}/cmdline", "".join(f"{word}\0" for word in words or (program,)))
    slice_ = "user.slice/user-1000.slice/session-1.scope" if not group else f"system.slice/{group}"
    host.write(f"{folder}/cgroup", f"0::/{slice_}\n")
    host.write(f"{folder}/stat", f"{pid} (x) S 1 1 1 {34816 if terminal else 0} 1\n")
    lines = [f"7f00-7f01 r-xp 000 fe:00 {n + 1}   /usr/lib/{_LIBRARIES[n % 6]}" for n in range(60)]
    host.write(f"{folder}/maps", "\n".join(lines) + "\n")
    (host.root / folder / "ns").mkdir()
    for name, target in (
        ("cwd", "/"),
        ("root", root),
        ("exe", f"/usr/bin/{program}"),
        ("ns/net", "net:[1]" if root == "/" else f"net:[{root[-72:]}]"),
        ("ns/mnt", "mnt:[1]" if root == "/" else "mnt:[2]"),
    ):
        (host.root / folder / name).symlink_to(target)
    host.written += 1
    return pid


def _kernel_thread(host: _Host) -> None:
    folder = f"proc/{host.next_pid()}"
    host.write(f"{folder}/status", "Name:\tkworker\nPPid:\t2\nUid:\t0\t0\t0\t0\n")
    for name in ("cmdline", "environ"):
        host.write(f"{folder}/{name}", "")
