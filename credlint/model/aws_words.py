"""Words of AWS: a text without any of them says nothing that a rule about code could be about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

# The first stage of the engine tells which of these are in a text, so that the rules about code
# need no search of their own; rare ones cost nothing there, common ones spare searches here. Of
# each rule's hints the words that hold one of these cannot be there without it.
AWS_WORDS = (
    *("boto", "aws_", "AWS_", "aws:", "AWS:", "AWS::", "AWS4", "aws-", "aws ", "amazonaws"),
    *("169.254.1", "fd00:ec2", "instance-data", "fs.s3", "s3fs", "s3://", "load_dotenv"),
    *("containerDefinitions", "HttpTokens", "MetadataOptions", "aws-sdk", "AWS_S", "AWS_A"),
    *("aws_s", "aws_a", "secret_access_key", "SecretAccessKey", "WithWebIdentity"),
)
# Other words of hints, told so that they need not be looked for: the first stage takes one part in
# a hundred more for them, and the searches took six.
OTHER_WORDS = (
    *("generate_presigned_", "S3FileSystem(", "storage_options", "fsspec", "CREATE SECRET"),
    *("SECRET (", "s3_access_key_id", "s3_secret_access_key", "get_frozen_credentials"),
    *("security-credentials", "metadata-token", "/latest/api/token", "--no-verify-ssl"),
    *("ssl_verify_peer", "VERIFY_NONE", "NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY"),
    *("secretKey", "s3a.secret.key", "SessionToken", "identity-credentials", "AWSAccessKeyId"),
    *("region_name", "endpoint_url", "profile_name", "use_ssl", "signature_version", "ClientError"),
    *("assume_role", "get_session_token", "get_federation_token", "get_credentials_for_identity"),
    *("set_stream_logger", "create_access_key", "set_credentials(", "tenacity", "stamina"),
    *("Credentials(", "Session(", "@retry", "backoff", "retrying", "sleep(", '"AWS ', "'AWS "),
    *("session-token", "assume-role", "get-calle", "sts get-identity", "sts caller-identity"),
    *('"sts"', "--secret", "amazon", "sleep "),
)
# Names at the top of JSON that may be infrastructure, whatever else it speaks of.
JSON_WORDS = ('"phases"', '"functions"', '"apiVersion"', '"UserData"', '"Resources"')
TOLD_WORDS = (*AWS_WORDS, *OTHER_WORDS, *JSON_WORDS)


@cache
def needed_by(word: str) -> frozenset[str]:
    """Return those that stand inside of a word."""
    return frozenset(each for each in TOLD_WORDS if each in word)


def of_numbers(numbers: Iterable[int]) -> frozenset[str]:
    """Return the words by their places in the list."""
    return frozenset(TOLD_WORDS[number] for number in numbers)
