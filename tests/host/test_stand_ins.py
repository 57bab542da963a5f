"""The stand-ins must convince the real SDK, or the tests on them prove nothing."""

from __future__ import annotations

import pytest
from botocore.credentials import ContainerProvider
from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher

from credlint import samples
from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from tests.support.container_stand_in import ContainerStandIn


@pytest.mark.parametrize("behaviour", [Behaviour(), Behaviour(v1=False), Behaviour(v2=False)])
def test_botocore_gets_the_role_from_the_stand_in(behaviour):
    with ImdsStandIn(behaviour) as service:
        fetcher = InstanceMetadataFetcher(base_url=service.endpoint + "/", env={})
        actual = fetcher.retrieve_iam_role_credentials()

    assert (actual["role_name"], actual["access_key"]) == ("demo-instance-role", behaviour.key_id())
    assert actual["secret_key"] == samples.secret_key("imds")
    assert len(service.credential_requests) == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(role=None),
        Behaviour(info_code="AssumeRoleUnauthorizedAccess"),
        Behaviour(token_status=400),
    ],
)
def test_botocore_gets_nothing(behaviour):
    with ImdsStandIn(behaviour) as service:
        fetcher = InstanceMetadataFetcher(base_url=service.endpoint + "/", env={})

        assert fetcher.retrieve_iam_role_credentials() == {}


def test_botocore_gets_credentials_from_the_container_stand_in():
    with ContainerStandIn(authorization="let me in") as service:
        environment = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": service.url,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "let me in",
        }
        fetcher = ContainerMetadataFetcher(sleep=lambda _: None)
        actual = ContainerProvider(environment, fetcher).load()

    assert actual.access_key == service.key_id
    assert service.requests == [("/v2/credentials/stand-in", True)]
