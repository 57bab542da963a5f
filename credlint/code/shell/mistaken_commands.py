"""SRC212: commands and options that the AWS CLI does not have.

AWS CLI Command Reference, `sts get-session-token`: the options are `--serial-number`,
`--token-code` and `--duration-seconds`; there is no `set-session-token`. A beginning that fits one
option alone is taken for it (awscli 1.44, argparse), so `--duration` is right and `--role` is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.shell.requests import tool_of
from credlint.code.shell.script import Script
from credlint.code.shell.words import Word
from credlint.code.sighting import Context, Sighting
from credlint.model.fix import Edit, FileEdits, Fix

# By what is written: what it has to be. Slips that public scripts and course notes have.
_COMMANDS = {
    "set-session-token": "get-session-token",
    **dict.fromkeys(
        (
            *("get-caller-id", "get-caller-identify", "get-caller-indentity"),
            *("get-caller-idenity", "get-called-identity", "get-identity", "caller-identity"),
            "get-identity-caller",
        ),
        "get-caller-identity",
    ),
}
_OPTIONS = {
    "get-session-token": {
        "--tokencode": "--token-code",
        "--token_code": "--token-code",
        "--mfa-token": "--token-code",
        "--mfa-serial": "--serial-number",
        "--serialnumber": "--serial-number",
        "--serial_number": "--serial-number",
    },
    "assume-role": {
        "--role": "--role-arn",
        "--role_arn": "--role-arn",
        "--session-name": "--role-session-name",
        "--role_session_name": "--role-session-name",
        "--tokencode": "--token-code",
        "--token_code": "--token-code",
    },
}


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the words that are wrong."""
    del context
    for command in script.commands:
        number = tool_of(command, ("aws",))
        if number is None:
            continue
        words = command.words[number + 1 :]
        places = [at for at, word in enumerate(words) if word.text == "sts"]
        if not places or places[0] + 1 >= len(words):
            continue
        operation = words[places[0] + 1]
        right = _COMMANDS.get(operation.text)
        if right is not None:
            yield _sighting(operation, right)
        options = _OPTIONS.get(right or operation.text, {})
        for word in words[places[0] + 2 :]:
            wrong = word.text.partition("=")[0]
            if wrong in options and not word.quote:
                yield _sighting(word, options[wrong])


def _sighting(word: Word, right: str) -> Sighting:
    wrong = word.text.partition("=")[0]
    edit = Edit(word.start, word.start + len(wrong), right)
    return Sighting(
        start=word.start,
        end=word.start + len(wrong),
        message=f"The AWS CLI has no {wrong} here; it has to be {right}.",
        subject=wrong,
        fix=Fix("safe", f"Write {right}.", (FileEdits("", (edit,)),)),
    )
