"""Which addresses AWS answers at, and which are of this machine."""

from __future__ import annotations

import re

from credlint.model.lazy_expressions import lazy_compile

# botocore 1.44.5, data/partitions.json: the suffixes of every partition, a test compares; and
# aws.dev, which is AWS' own.
SUFFIXES = (
    *("amazonaws.com", "api.aws", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    *("amazonaws.eu", "api.amazonwebservices.eu", "c2s.ic.gov", "api.aws.ic.gov"),
    *("sc2s.sgov.gov", "api.aws.scloud", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    *("csp.hci.ic.gov", "api.aws.hci.ic.gov", "aws.dev"),
)
_AWS = tuple(f".{suffix}" for suffix in SUFFIXES)
# In a longer text; awsapps.com has the pages where people sign in.
_IN_TEXT = lazy_compile(
    rf"(?<![\w-])(?:{'|'.join(map(re.escape, (*SUFFIXES, 'awsapps.com')))})(?![\w-])",
    re.IGNORECASE,
)
_URL = lazy_compile(r"(?:(https?)?://)?(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)", re.IGNORECASE)
_LOOPBACK = lazy_compile(
    r"(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0"
    r"|(?:.*\.)?localhost\.localstack\.cloud)\Z"
)
# What containers call the host, and emulators that run in one beside.
_BESIDE = lazy_compile(r"(?:host\.docker\.internal\Z|(?:localstack|minio|moto)(?:\.|\Z))")


class Address:
    """An endpoint as it is written: ``scheme`` (empty for none) and ``host``, in lower case."""

    def __init__(self, text: str) -> None:
        found = _URL.match(text)
        self.scheme = (found.group(1) or "").lower() if found else ""
        self.host = found.group(2).lower() if found else ""

    @property
    def is_aws(self) -> bool:
        """Tell whether AWS itself answers there."""
        return f".{self.host}".endswith(_AWS)

    @property
    def is_loopback(self) -> bool:
        """Tell whether it is of this machine alone."""
        return _LOOPBACK.match(self.host) is not None

    @property
    def is_stand_in(self) -> bool:
        """Tell whether it is of this machine, or of an emulator of AWS beside it."""
        return self.is_loopback or _BESIDE.match(self.host) is not None


def is_of_aws(address: str) -> bool:
    """Tell whether an endpoint is one of AWS; any other is a stand-in or another's store."""
    return Address(address).is_aws


def names_host_of_aws(text: str) -> bool:
    """Tell whether the name of a host of AWS stands somewhere in a text."""
    return _IN_TEXT.search(text) is not None
