"""What the functions of boto3, botocore and their asynchronous twins take, by position."""

from __future__ import annotations

from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN

KEY_NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
CREDENTIAL_NAMES = ("access_key", "secret_key", "token")
# Which kind of key each of these parameters is for.
KINDS = {
    name: kind
    for names in (KEY_NAMES, CREDENTIAL_NAMES)
    for name, kind in zip(names, (KEY_ID, SECRET_KEY, TOKEN))
}
_OF_CLIENT = (
    *("service_name", "region_name", "api_version", "use_ssl", "verify", "endpoint_url"),
    *(*KEY_NAMES, "config"),
)
_OF_SESSION = (*KEY_NAMES, "region_name", "botocore_session", "profile_name")
# By the last name of what is called. Read from boto3 1.44.5 `Session.__init__`, `Session.client`,
# `Session.resource`, botocore 1.44.5 `Session.create_client`, `Session.set_credentials`,
# `Credentials.__init__`, `generate_presigned_url` and `generate_presigned_post` of signers.py; a
# test compares. The sessions of botocore and aiobotocore take other arguments.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "client": _OF_CLIENT,
    "resource": _OF_CLIENT,
    "create_client": _OF_CLIENT,
    "Session": _OF_SESSION,
    "set_credentials": CREDENTIAL_NAMES,
    "Credentials": CREDENTIAL_NAMES,
    "generate_presigned_url": ("ClientMethod", "Params", "ExpiresIn", "HttpMethod"),
    "generate_presigned_post": ("Bucket", "Key", "Fields", "Conditions", "ExpiresIn"),
}
CLIENTS = frozenset(("client", "resource", "create_client"))
SESSIONS = frozenset(("Session", "AioSession", "setup_default_session"))
CREDENTIALS = frozenset(("set_credentials", "Credentials"))
