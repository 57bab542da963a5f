"""Where boto3, botocore and their asynchronous twins take keys."""

from __future__ import annotations

KEY_NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
# Where the three keys stand among positional arguments, by the last name of what is called.
# Read from boto3 1.44.5 `Session.__init__`, `Session.client`, `Session.resource`, botocore 1.44.5
# `Session.create_client`, `Session.set_credentials`, `Credentials.__init__`; a test compares.
POSITIONS = {"Session": 0, "AioSession": -1, "client": 6, "resource": 6, "create_client": 6}
CREDENTIALS = {"set_credentials": 0, "Credentials": 0}
CREDENTIAL_NAMES = ("access_key", "secret_key", "token")
METHODS = frozenset({*POSITIONS, *CREDENTIALS, "setup_default_session"})
