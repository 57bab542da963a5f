"""Whether an address is kept from the proxy, as the real readers say.

What Ruby and Go say was measured: Ruby 3.1's ``URI::Generic.use_proxy?`` and golang.org/x/net
0.57's ``httpproxy``, with 169.254.169.254 and port 80. Python is asked here.
"""

from __future__ import annotations

import sys
import urllib.request

import pytest

from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from credlint.model.no_proxy import is_exempt, is_meant
from tests.support.scenario import build_snapshot

ADDRESS = "169.254.169.254"
# list -> what Ruby and Go make of it
MEASURED = {
    "169.254.169.254": (True, True),
    "169.254.0.0/16": (True, True),
    "169.254.*": (False, False),
    "169.254.": (False, False),
    ".254": (True, False),
    "254": (True, False),
    "169.254.169.254/32": (True, True),
    "169.254.169.254:80": (True, True),
    "169.254.169.254:8080": (False, False),
    "*": (False, True),
    "*,foo": (False, True),
    "foo,*": (False, True),
    " 169.254.169.254 , x": (True, True),
    ".169.254.169.254": (False, False),
    "http://169.254.169.254": (False, False),
    "169.254": (True, False),
    "169.254.169.*": (False, False),
    "*.254": (False, False),
    "localhost,127.0.0.1,169.254.169.254": (True, True),
    "localhost 169.254.169.254": (True, False),
    "10.0.0.0/8,169.254.169.253": (False, False),
}


@pytest.mark.parametrize("text", MEASURED)
def test_ruby_and_go_as_measured(text):
    assert (is_exempt("ruby", text, ADDRESS), is_exempt("go", text, ADDRESS)) == MEASURED[text]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Python also asks the system")
@pytest.mark.parametrize("text", MEASURED)
def test_python_as_it_does_here(text, monkeypatch):
    monkeypatch.setenv("no_proxy", text)

    assert is_exempt("python", text, ADDRESS) == bool(urllib.request.proxy_bypass(ADDRESS))


@pytest.mark.parametrize(
    ("reader", "text", "expected"),
    [
        ("kotlin", "169.254.*", True),
        ("kotlin", "*.254", True),
        ("kotlin", "169.254.0.0/16", False),
        ("guzzle", "*", True),
        ("guzzle", "169.254.0.0/16", False),
        ("guzzle", "x, 169.254.169.254", True),
        ("curl", "169.254.0.0/16", True),
        ("curl", "169.254.*", False),
        ("dotnet", "169.254.0.0/16", False),
        ("dotnet", "169.254.169.254", True),
        ("unknown", "", True),
    ],
)
def test_the_others_as_read(reader, text, expected):
    assert is_exempt(reader, text, ADDRESS) == expected


def test_addresses_of_version_6():
    for reader in ("go", "python"):
        assert is_exempt(reader, "[fd00:ec2::254]", "fd00:ec2::254")
    assert is_exempt("go", "fd00:ec2::/32", "fd00:ec2::254")
    assert not is_exempt("python", "fd00:ec2::/32", "fd00:ec2::254")


@pytest.mark.parametrize(
    "entry",
    [
        "169.254.0.0/16",
        "169.254.*",
        "169.254.",
        "http://169.254.169.254/",
        "169.254.169.254:8080",
        "169.254.169.254/32",
    ],
)
def test_what_somebody_may_have_meant(entry):
    assert is_meant(entry, ADDRESS)


@pytest.mark.parametrize("entry", ["localhost", "*", "10.0.0.0/8", "169.254.170.2", "*.internal"])
def test_what_nobody_meant(entry):
    assert not is_meant(entry, ADDRESS)


@pytest.mark.parametrize("sdk", ["boto3", "go-v1", "go-v2", "ruby-v3", "php-v3", "dotnet-v3"])
@pytest.mark.parametrize(("listed", "known"), [("localhost", False), (ADDRESS, True)])
def test_a_listed_address_is_asked_directly(sdk, listed, known, tmp_path):
    """What was probed without a proxy is then what the SDK meets."""
    scenario = {
        "contexts": ["ec2"],
        "environment": {"HTTP_PROXY": "http://proxy.example.com:3128", "NO_PROXY": listed},
        "imds": {"role": "app-role"},
    }

    trace = resolve(build_snapshot(scenario, tmp_path), load_sdk(sdk))

    assert trace.outcome == ("selected" if known else "undecided")
