"""Runs the real SDK on set-ups; a program of its own, started with ``python -I``.

Arguments: the SDK id and folders to put at the front (``+``) or end (``-``) of the import
path. Standard input: one JSON set-up a line; standard output: one JSON verdict a line. The SDK
is imported once; every set-up is judged in a forked child with exactly the set-up's environment
and a fresh session, so none sees another. Constants that the SDK computes from HOME when it is
imported are computed anew, and pauses between retries are taken out.
"""

# ruff: noqa: T201, PLC0415, PTH100, PTH111, PTH118, PTH120  a program for another process:
# it answers on standard output and repeats, late, what the SDKs do when they are imported

from __future__ import annotations

import json
import os
import sys
import warnings


def main() -> None:
    sdk = sys.argv[1]
    for folder in sys.argv[2:]:
        if folder.startswith("+"):
            sys.path.insert(0, folder[1:])
        else:
            sys.path.append(folder[1:])
    warnings.simplefilter("ignore")
    os.environ["HOME"] = "/nonexistent"
    create = _import(sdk)
    print(json.dumps({"ready": _version(sdk)}), flush=True)
    for line in sys.stdin:
        print(_in_child(json.loads(line), create), flush=True)


def _version(sdk: str) -> str:
    if sdk == "boto3":
        import botocore

        return str(botocore.__version__)
    import awscli

    return str(awscli.__version__)


def _in_child(setup: dict, create: object) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            verdict = _judge(setup, create)
        except BaseException as error:  # noqa: BLE001  reported to the parent
            verdict = {"failure": f"{type(error).__name__}: {error}"}
        data = json.dumps(verdict).encode()
        os.write(writer, data)
        os._exit(0)
    os.close(writer)
    pieces = []
    while True:
        piece = os.read(reader, 65536)
        if not piece:
            break
        pieces.append(piece)
    os.close(reader)
    os.waitpid(child, 0)
    return b"".join(pieces).decode() or '{"failure": "no answer"}'


setup_environment: dict = {}


def _import(sdk: str) -> object:
    if sdk == "boto3":
        import boto3
        import botocore.credentials

        def boto(profile: object) -> tuple:
            session = boto3.Session(profile_name=profile)
            return (
                session.get_credentials,
                lambda: session.region_name,
                lambda: session.client("sts", region_name="us-east-1"),
            )

        boto3.Session  # noqa: B018  imported for all children
        return boto
    import awscli
    import awscli.clidriver
    import awscli.customizations.assumerole
    import botocore.credentials  # noqa: F401

    def command_line(profile: object) -> tuple:
        # What awscli/__init__.py does when it is imported.
        own = os.path.join(os.path.dirname(os.path.abspath(awscli.__file__)), "data")
        given = setup_environment.get("AWS_DATA_PATH")
        os.environ["AWS_DATA_PATH"] = f"{given}{os.pathsep}{own}" if given is not None else own
        driver = awscli.clidriver.create_clidriver()
        session = driver.session
        if profile:
            session.set_config_variable("profile", profile)
        import argparse

        parsed = argparse.Namespace(
            profile=profile, no_cli_pager=True, cli_binary_format=None, command="sts"
        )
        session.emit("session-initialized", session=session, parsed_args=parsed)
        return (
            session.get_credentials,
            lambda: session.get_config_variable("region"),
            lambda: session.create_client("sts", region_name="us-east-1"),
        )

    return command_line


def _judge(setup: dict, create: object) -> dict:
    os.environ.clear()
    os.environ.update(setup["env"])
    setup_environment.update(setup["env"])
    os.chdir(setup["cwd"])
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 2)
    _renew(setup)
    verdict: dict = {}
    try:
        get_credentials, _, create_client = create(setup["profile"])
    except Exception as error:  # noqa: BLE001
        return {"stage": "construct", "error": type(error).__name__}
    # A session of its own: after a failed reading of the files a session keeps half of them.
    try:
        verdict["region"] = create(setup["profile"])[1]()
    except Exception as error:  # noqa: BLE001
        verdict["region_error"] = type(error).__name__
    try:
        credentials = get_credentials()
    except Exception as error:  # noqa: BLE001
        return {**verdict, "stage": "resolve", "error": type(error).__name__}
    if credentials is None:
        return {**verdict, "stage": "none"}
    verdict["method"] = credentials.method
    try:
        create_client()
        frozen = credentials.get_frozen_credentials()
    except Exception as error:  # noqa: BLE001
        return {**verdict, "stage": "first-use", "error": type(error).__name__}
    key = frozen.access_key
    verdict["key"] = key if isinstance(key, str) else None
    verdict["token"] = bool(frozen.token)
    return {**verdict, "stage": "credentials"}


def _renew(setup: dict) -> None:
    import botocore.credentials
    import botocore.tokens
    import botocore.utils

    home = os.path.expanduser("~")
    sso = os.path.join(home, ".aws", "sso", "cache")
    botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = sso
    botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR = sso
    botocore.utils.ContainerMetadataFetcher.SLEEP_TIME = 0
    botocore.utils.ContainerMetadataFetcher.TIMEOUT_SECONDS = 0.5
    if not setup["crt"]:
        botocore.credentials.EC = None
    cache = os.path.join(home, ".aws", "cli", "cache")
    for name in ("awscli.customizations.assumerole", "awscli.customizations.sso"):
        module = sys.modules.get(name)
        for constant in ("CACHE_DIR", "AWS_CREDS_CACHE_DIR"):
            if hasattr(module, constant):
                setattr(module, constant, cache)


main()
