"""Variables: keys and the token file.

Sources: @aws-sdk/credential-provider-env 3.972.84; credential-provider-web-identity 3.972.90.
"""

from __future__ import annotations

from credlint.chain.javascript.session import Passed, Session
from credlint.chain.javascript.web_identity import check_client_region, check_token_file
from credlint.chain.outcome import Result, found
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.location import environment_variable
from credlint.model.trace import Offer

TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
ROLE = "AWS_ROLE_ARN"


def env(session: Session) -> Result:
    """Judge the key variables; half a pair counts for nothing."""
    sdk = session.sdk
    key_name, secret_name = sdk.env_access_key_id[0], sdk.env_secret_access_key[0]
    key, secret = session.env(key_name), session.env(secret_name)
    if key is None or secret is None:
        there = next((n for n in (key_name, secret_name) if session.env(n)), None)
        if there is None:
            message = f"{key_name} is not set"
            raise Passed(message)
        other = secret_name if there == key_name else key_name
        state = "is empty" if session.is_set(other) else "is not set"
        message = f"{there} is ignored: {other} {state}"
        raise Passed(message, environment_variable(there))
    token_name = sdk.env_session_token[0]
    token = session.env(token_name)
    detail = f"{show_key(key)} in {key_name}"
    if token is not None:
        detail += f", session token in {token_name}"
    offer = key_offer(key, None, has_token=token is not None)
    return found(detail, offer, environment_variable(key_name))


def web_identity_env(session: Session) -> Result:
    """Judge the token file of the environment; a file that cannot be read ends the chain."""
    token, role = session.env(TOKEN_FILE), session.env(ROLE)
    if token is None or role is None:
        there = next((n for n in (TOKEN_FILE, ROLE) if session.env(n)), None)
        if there is None:
            message = f"{TOKEN_FILE} is not set"
            raise Passed(message)
        other = ROLE if there == TOKEN_FILE else TOKEN_FILE
        message = f"{there} is ignored: {other} is missing or empty"
        raise Passed(message, environment_variable(there))
    place = environment_variable(TOKEN_FILE)
    fact = session.snapshot.path_fact(f"environment/{TOKEN_FILE}")
    check_token_file(session, fact, TOKEN_FILE, place)
    check_client_region(session, place)
    arn = role.text
    offer = Offer("dynamic", account=account_of(arn), role=arn)
    return found(f"assumes {arn or 'a role'} with the token file of {TOKEN_FILE}", offer, place)
