"""Judges set-ups by the AWS SDK for C++ inside pyarrow; started with ``python -I``.

Standard input: one JSON set-up a line; standard output: one JSON verdict a line. pyarrow is
imported once, without initialising its S3 part; every set-up is judged in a forked child with
exactly the set-up's environment. The child asks a store of its own for an object: the key id
stands in the request's signature, the session token in a header, and what the SDK says of the
provider in the user agent (``m/``, its business metrics). The region is the file system's.
"""

# ruff: noqa: T201  it answers on standard output

from __future__ import annotations

import ctypes
import json
import os
import re
import select
import socket
import sys
import tempfile
import threading
import time

import pyarrow as pa
import pyarrow.fs

LIMIT_SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 25.0
_CREDENTIAL = re.compile(r"Credential=([^,]*)/[0-9]*/us-east-1/s3/aws4_request")

_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def main() -> None:
    print(json.dumps({"ready": _version()}), flush=True)
    for line in sys.stdin:
        print(_in_child(json.loads(line)), flush=True)


def _version() -> str:
    """Return what the SDK calls itself, by asking for something with made-up keys."""
    keys = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}
    with tempfile.TemporaryDirectory() as folder:
        verdict = json.loads(_in_child({"env": {"HOME": folder, **keys}, "cwd": folder}))
    return f"{verdict['agent'].split()[0].partition('/')[2]} in pyarrow {pa.__version__}"


def _in_child(setup: dict) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            verdict = _judge(setup)
        except BaseException as error:  # noqa: BLE001  reported to the parent
            verdict = {"failure": f"{type(error).__name__}: {error}"}
        os.write(writer, json.dumps(verdict).encode())
        os._exit(0)
    os.close(writer)
    answer = _read(reader, time.monotonic() + LIMIT_SECONDS)
    os.close(reader)
    if not answer:
        os.kill(child, 9)
    _, status = os.waitpid(child, 0)
    if not answer:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        return json.dumps({"stage": "hang" if number == 9 else "crash", "signal": number})
    return answer


def _read(reader: int, until: float) -> str:
    pieces = []
    while select.select([reader], [], [], max(0.0, until - time.monotonic()))[0]:
        piece = os.read(reader, 65536)
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces).decode()


def _judge(setup: dict) -> dict:
    os.environ.clear()
    os.environ.update(setup["env"])
    os.chdir(setup["cwd"])
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    log = os.open(os.path.join(setup["cwd"], "cpp.log"), os.O_WRONLY | os.O_CREAT)  # noqa: PTH118
    os.dup2(log, 1)
    os.dup2(log, 2)
    store = socket.create_server(("127.0.0.1", 0))
    heard: list[dict[str, str]] = []
    threading.Thread(target=_serve, args=(store, heard), daemon=True).start()
    level = setup.get("log") or "Info"
    pa.fs.initialize_s3(getattr(pa.fs.S3LogLevel, level))
    address = f"127.0.0.1:{store.getsockname()[1]}"
    # What a client is made with; of names that are no region S3 refuses the request itself, so
    # that the credentials are asked for with another one.
    region = pa.fs.S3FileSystem(endpoint_override=address, scheme="http").region
    system = pa.fs.S3FileSystem(endpoint_override=address, scheme="http", region="us-east-1")
    try:
        system.get_file_info("bucket/object")
    except OSError as error:
        if not heard:
            return {"stage": "error", "error": str(error)[:300]}
    signed = _CREDENTIAL.search(heard[0].get("authorization", ""))
    return {
        "stage": "credentials" if signed else "none",
        "key": signed.group(1) if signed else None,
        "region": region,
        "session": heard[0].get("x-amz-security-token"),
        "agent": heard[0].get("user-agent"),
        "log": _profile_kind(),
    }


def _profile_kind() -> list[str]:
    """Return what the Common Runtime tells of the way in which a profile gave credentials."""
    marks = ("Loaded credentials from profile", "Process credentials provider successfully")
    ctypes.CDLL(None).fflush(None)
    with open("cpp.log", encoding="utf-8", errors="replace") as lines:  # noqa: PTH123
        return [mark for line in lines for mark in marks if mark in line]


def _serve(store: socket.socket, heard: list[dict[str, str]]) -> None:
    while True:
        connection, _ = store.accept()
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                break
            data += piece
        lines = data.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        pairs = (line.partition(":") for line in lines[1:])
        heard.append({name.strip().lower(): value.strip() for name, _, value in pairs})
        connection.sendall(
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        connection.close()


main()
