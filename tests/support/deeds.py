"""What a command does to the machine: by Python's own audit events, and by its system calls."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Optional

# Python events (docs.python.org/3/library/audit_events.html) that change something or start or
# reach somebody.
_HOOK = """
import os, sys
_LOG = os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DEEDS = (
    "os.chflags os.chmod os.chown os.exec os.fork os.forkpty os.kill os.killpg os.link os.mkdir "
    "os.posix_spawn os.putenv os.remove os.removexattr os.rename os.rmdir os.setxattr os.spawn "
    "os.startfile os.symlink os.system os.truncate os.utime pty.spawn shutil.chown shutil.copyfile "
    "shutil.move shutil.rmtree signal.pthread_kill socket.bind socket.connect socket.getaddrinfo "
    "socket.sendto socket.sendmsg subprocess.Popen syslog.syslog tempfile.mkdtemp "
    "tempfile.mkstemp ftplib.connect http.client.connect urllib.Request"
).split()

def _tell(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if not isinstance(flags, int) or not flags & _WRITING or isinstance(path, int):
            return
        os.write(_LOG, f"write {{path}}\\n".encode())
    elif event in _DEEDS:
        os.write(_LOG, f"{{event}} {{arguments}}\\n".encode("utf-8", "replace"))

sys.addaudithook(_tell)
"""
_CALLS = (
    "trace=%process,%network,%signal,ptrace,process_vm_readv,process_vm_writev,open,openat,creat"
)
_CHANGES = (
    "unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,chmod,fchmod,fchmodat,chown,"
    "lchown,fchown,fchownat,link,linkat,symlink,symlinkat,truncate,ftruncate,utime,utimes,"
    "utimensat,mknod,mknodat,setxattr,lsetxattr,mount,umount2"
)
_LINE = re.compile(r"^\d+ +(?:<\.\.\. )?(?P<call>\w+)(?P<rest>.*)$")
_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
# They change the process itself alone.
_HARMLESS = re.compile(
    r"rt_sig(action|procmask|return)|sigaltstack|wait|exit|gettid|getpid|set_tid|futex|pidfd"
    r"|socket$|getsockname|getpeername|[gs]etsockopt|recv|shutdown|arch_prctl|restart_syscall"
)


def fingerprint(*folders: Path) -> dict[str, object]:
    """Return everything of the trees that a write would change, and no time of reading."""
    found: dict[str, object] = {}
    for folder in folders:
        for base, below, files in os.walk(folder):
            for name in [".", *below, *files]:
                path = os.path.join(base, name)  # noqa: PTH118  text
                facts = os.lstat(path)
                content: Optional[str] = None
                if stat.S_ISLNK(facts.st_mode):
                    content = os.readlink(path)  # noqa: PTH115  text as it is written
                elif stat.S_ISREG(facts.st_mode) and facts.st_size < 1 << 20:
                    content = hashlib.sha256(Path(path).read_bytes()).hexdigest()
                found[path] = (
                    *(facts.st_mode, facts.st_uid, facts.st_gid, facts.st_size),
                    *(facts.st_mtime_ns, facts.st_nlink, content),
                )
    return found


def write_hook(folder: Path, log: Path) -> str:
    """Write a sitecustomize module that records deeds; return the folder for PYTHONPATH."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_HOOK.format(log=str(log)))
    return str(folder)


def reason_no_strace() -> Optional[str]:
    """Return why system calls cannot be watched here, None when they can."""
    program = shutil.which("strace")
    if program is None:
        return "the program strace is not installed"
    tried = subprocess.run([program, "-f", "true"], capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"strace fails: {tried.stderr.strip()[:100]}"


def strace_words(log: Path) -> list[str]:
    """Return the words before a command that record its system calls."""
    return ["strace", "-f", "-s", "512", "-o", str(log), "-e", f"{_CALLS},{_CHANGES}"]


def deeds_of_calls(text: str) -> list[str]:
    """Return the calls that write, start, signal or reach somebody, in order; without reads."""
    found = []
    for line in text.splitlines():
        match = _LINE.match(line)
        # The C library asks the kernel which addresses this machine has, and whether there is a
        # daemon that keeps users' names.
        if match is None or "AF_NETLINK" in line or "/nscd/socket" in line:
            continue
        if "= -1 " in line and match["call"] != "connect":
            continue
        call, rest = match["call"], match["rest"]
        if call in ("open", "openat", "creat"):
            if call == "creat" or _WRITING.search(rest):
                found.append(f"write {_path(rest)}")
        elif call in ("clone", "clone3", "fork", "vfork"):
            if "CLONE_THREAD" not in rest and "resumed" not in rest:
                found.append(f"{call} {rest}")
        elif not _HARMLESS.match(call):
            found.append(f"{call} {rest}")
    return found


def _path(rest: str) -> str:
    found = _PATH.search(rest)
    return found.group(1) if found else rest
