"""Where a client of AWS is told to go."""

from __future__ import annotations

import ast
import re
from typing import Optional

from credlint.code.python.callees import Call
from credlint.code.python.module import Module

_URL = re.compile(r"(https?)://(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)", re.IGNORECASE)
_AWS_HOST = re.compile(r"(?:.*\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|aws\.dev)\Z")
_LOOPBACK = re.compile(r"(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)\Z")
_LOCALSTACK = re.compile(r"(?:.*\.)?localhost\.localstack\.cloud\Z")
# Names that only a network of containers or a company resolves, and its addresses (RFC 1918).
_PRIVATE = re.compile(
    r"(?:[^.]+|.*\.(?:local|internal|lan|test|svc|svc\.cluster\.local|home|example|invalid)"
    r"|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+)\Z"
)
# Services of others that speak the protocol of S3: to go there is the point.
_OTHERS = (
    *("digitaloceanspaces.com", "r2.cloudflarestorage.com", "wasabisys.com", "backblazeb2.com"),
    *("storage.googleapis.com", "linodeobjects.com", "scw.cloud", "aliyuncs.com", "ovh.net"),
    *("storage.yandexcloud.net", "myqcloud.com", "cloud-object-storage.appdomain.cloud"),
    *("tigris.dev", "min.io", "your-objectstorage.com", "idrivee2.com", "storjshare.io"),
    *("oraclecloud.com", "supabase.co", "exo.io", "vultrobjects.com", "selcdn.ru"),
)


class Address:
    """An endpoint as it is written."""

    def __init__(self, url: str) -> None:
        found = _URL.match(url)
        self.scheme = found.group(1).lower() if found else ""
        self.host = found.group(2).lower() if found else ""

    @property
    def is_aws(self) -> bool:
        """Tell whether AWS itself answers there."""
        return _AWS_HOST.match(self.host) is not None

    @property
    def is_loopback(self) -> bool:
        """Tell whether it is of this machine alone."""
        return any(each.match(self.host) is not None for each in (_LOOPBACK, _LOCALSTACK))

    @property
    def is_private(self) -> bool:
        """Tell whether the name or address means something in one network only."""
        return _PRIVATE.match(self.host) is not None

    @property
    def is_other_service(self) -> bool:
        """Tell whether it is a service of another provider that speaks a protocol of AWS."""
        return self.host.endswith(_OTHERS)


def is_none(node: Optional[ast.expr]) -> bool:
    """Tell whether nothing is given, or ``None``."""
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def is_elsewhere(module: Module, call: Call, endpoint: Optional[ast.expr]) -> bool:
    """Tell whether a call is told to go to an endpoint that is not known to be one of AWS."""
    if is_none(endpoint):
        return False
    url = module.evaluate.text(endpoint, call.scope)
    return url is None or not Address(url.value.reveal()).is_aws
