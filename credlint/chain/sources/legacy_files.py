"""Files of older tools.

Source: botocore 1.44.5 credentials.py ``OriginalEC2Provider`` and ``BotoProvider``, utils.py
``parse_key_val_file``.
"""

from __future__ import annotations

from credlint.chain.ini_view import Setting, view
from credlint.chain.outcome import Result, Unknown, absent, fail, found
from credlint.chain.session import Session
from credlint.chain.shared_config import check
from credlint.chain.sources.keys import key_offer, pair_in, show_key
from credlint.model.captured import CapturedValue
from credlint.model.location import Location, environment_variable, host_path

_VARIABLE = "AWS_CREDENTIAL_FILE"
_ACCESS_KEY = "AWSAccessKeyId"
_SECRET_KEY = "AWSSecretKey"  # noqa: S105  the name of a setting


def ec2_credential_file(session: Session) -> Result:
    """Judge the file named by AWS_CREDENTIAL_FILE; a missing file is an error."""
    if session.env(_VARIABLE) is None:
        return absent(f"{_VARIABLE} is not set")
    variable = environment_variable(_VARIABLE)
    file = session.snapshot.file("ec2-credential-file")
    if file is None or file.status in {"absent", "unreadable", "not-a-file"}:
        message = f"the file named by {_VARIABLE} cannot be opened"
        session.fail("file_not_found", message, variable)
    base, uri = host_path(file.path)
    if file.status == "undecodable" or file.encoding == "undecodable":
        fail("UnicodeDecodeError", f"{file.path} is not UTF-8 text", variable)
    if file.status != "read":
        reason = f"{file.path} was not captured ({file.status})"
        raise Unknown(reason)
    settings: dict[str, Setting] = {}
    for line in file.lines:
        if line.kind == "setting" and line.delimiter == "=" and line.name:
            place = Location("file", uri, base, line.number, line.column, None, line.end_column)
            value = line.value or CapturedValue(text="", length=0, shape="empty")
            settings[line.name] = Setting(line.name, value, place)
    key = settings.get(_ACCESS_KEY)
    if key is None:
        return absent(f"no {_ACCESS_KEY} in {file.path}", Location("file", uri, base))
    if _SECRET_KEY not in settings:
        message = f"{file.path} has {_ACCESS_KEY} but no {_SECRET_KEY}"
        fail("KeyError", message, key.location)
    offer = key_offer(key, None, has_token=False)
    return found(f"{show_key(key)} in {file.path}", offer, key.location)


def boto2_config(session: Session) -> Result:
    """Judge BOTO_CONFIG, or /etc/boto.cfg and ~/.boto in that order."""
    seen = []
    for file in session.snapshot.files:
        if file.role != "boto2":
            continue
        ini = check(view(file))
        section = ini.sections.get("Credentials")
        if section is not None:
            where = f"[Credentials] of {file.path}"
            result = pair_in(session, section.settings, None, where, tokens=False)
            if result is not None:
                return result
        if ini.present:
            seen.append(file.path)
    return absent(f"no keys in {', '.join(seen)}" if seen else "no configuration of boto 2")
