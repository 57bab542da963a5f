"""Judges set-ups by awscrt's default chain; a program of its own, started with ``python -I``.

Standard input: one JSON set-up a line; standard output: one JSON verdict a line. The library is
imported once, without any thread; every set-up is judged in a forked child with exactly the
set-up's environment. ``source`` is what the library's own log says of the winner.
"""

# ruff: noqa: T201  it answers on standard output

from __future__ import annotations

import concurrent.futures
import ctypes
import json
import os
import select
import sys
import time

import awscrt
import awscrt.auth
import awscrt.io

# A provider whose start fails below the first place of the chain is never heard of again, and
# with it the whole chain: it is when for so long nothing has been logged.
SILENCE_SECONDS = 4.0
LIMIT_SECONDS = 60.0


def main() -> None:
    print(json.dumps({"ready": str(awscrt.__version__)}), flush=True)
    for line in sys.stdin:
        print(_in_child(json.loads(line)), flush=True)


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
    if not answer and os.WIFSIGNALED(status) and os.WTERMSIG(status) != 9:
        return json.dumps({"stage": "crash", "signal": os.WTERMSIG(status)})
    return answer or '{"failure": "no answer"}'


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
    os.dup2(null, 1)
    os.dup2(null, 2)
    log = os.path.join(setup["cwd"], "crt.log")  # noqa: PTH118
    awscrt.io.init_logging(awscrt.io.LogLevel.Info, log)
    group = awscrt.io.EventLoopGroup(1)
    bootstrap = awscrt.io.ClientBootstrap(group, awscrt.io.DefaultHostResolver(group))
    try:
        provider = awscrt.auth.AwsCredentialsProvider.new_default_chain(bootstrap)
        credentials = _wait(provider.get_credentials(), log)
    except concurrent.futures.TimeoutError:
        return {"stage": "hang", "error": "TimeoutError"}
    except Exception as error:  # noqa: BLE001
        return {"stage": "none", "error": getattr(error, "name", type(error).__name__)}
    return {
        "stage": "credentials",
        "key": credentials.access_key_id,
        "secret": len(credentials.secret_access_key or ""),
        "session": credentials.session_token,
        "log": _winner(log),
    }


def _wait(future: concurrent.futures.Future, log: str) -> object:
    """Return the future's result; raises TimeoutError once the library has fallen silent."""
    size = -1
    while True:
        try:
            return future.result(SILENCE_SECONDS)
        except concurrent.futures.TimeoutError:  # noqa: PERF203  seconds are waited for
            ctypes.CDLL(None).fflush(None)
            before, size = size, os.path.getsize(log)  # noqa: PTH202
            if size == before:
                raise


def _winner(log: str) -> list[str]:
    """Return the lines in which a provider or the chain tells of its success."""
    marks = (
        "Loaded credentials from environment",
        "Loaded credentials from profile",
        "Process credentials provider successfully",
        "IMDS provider successfully retrieved credentials",
        "ECS credentials provider will be used",
        "terminating on index",
    )
    until = time.monotonic() + 3
    found: list[str] = []
    # A thread of the library writes the log, the chain's last word included.
    while marks[-1] not in found and time.monotonic() < until:
        ctypes.CDLL(None).fflush(None)
        with open(log, encoding="utf-8", errors="replace") as lines:  # noqa: PTH123
            found = [mark for line in lines for mark in marks if mark in line]
    return found


main()
