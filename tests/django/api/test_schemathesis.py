"""Whatever fits the description of the API, and what does not, gets an answer that the description has: for
operators, for subscribers, who never see or touch what is another's, and for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from pytest_django import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rls.models import Subscriber
from rlsproject.wsgi import application
from tests.django.api.client import Api
from xcap.models import Document

pytestmark = pytest.mark.django_db
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
BOB = "bob@example.test"


def from_this_machine(environ: dict[str, Any], start_response: Any) -> Any:
    """Tokens over plain HTTP are taken from nowhere else."""
    return application({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", from_this_machine)
quickly = settings(
    max_examples=5,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("text/csv", "text/vcard")
def as_text(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


@pytest.fixture(autouse=True)
def _something_to_find(alice: Api, bob: Api, settings: Settings) -> None:
    settings.RLS_API_RATE = 0
    for api, team in ((alice, "sip:team@example.test"), (bob, "sip:secret-team@example.test")):
        api.make_list("friends", f"{team[:-5]}.invalid")
        api.post("services", {"uri": team, "entries": []})


@pytest.fixture(autouse=True)
def _one_transaction(_something_to_find: None) -> Iterator[None]:
    """Requests stay in the transaction of the test, as Django's own client has it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def call(case: Any, api: Api | None = None, **path: str) -> Any:
    """Without `api` with what schemathesis makes up for a token and a session; `path`: other parameters."""
    kept = case.path_parameters, case.headers, case.cookies
    case.path_parameters = {**(case.path_parameters or {}), **path}
    if api:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {api.token}"}
        case.cookies = {}
    try:
        return case.call_and_validate(checks=CHECKS)
    finally:
        case.path_parameters, case.headers, case.cookies = kept


def of_bob() -> list[Any]:
    documents = Document.objects.filter(username="bob").order_by("pk").values_list("doc_uri", "etag")
    return [*documents, *Subscriber.objects.filter(username="bob").values_list("ha1_sha256")]


@schema.parametrize()
@quickly
def test_everybody_gets_an_answer_as_described_and_only_what_is_theirs(
    case: Any, alice: Api, operator: Api
) -> None:
    before = of_bob()
    nobody_gets_a_challenge_and_nothing_else(case)
    assert "secret-team" not in call(case, alice).text
    if "owner" in (case.path_parameters or {}):
        who_names_another_learns_nothing(case, alice)
    assert of_bob() == before
    call(case, operator)


def nobody_gets_a_challenge_and_nothing_else(case: Any) -> None:
    response = call(case)
    # 404 where not even the path or the format exists.
    assert response.status_code in {401, 404}
    assert response.status_code == 404 or "www-authenticate" in {name.lower() for name in response.headers}


def who_names_another_learns_nothing(case: Any, alice: Api) -> None:
    # 409 or 412 would tell what is there.
    status = call(case, alice, owner=BOB).status_code
    assert status in {400, 403, 404, 405, 415, 428} or case.method == "OPTIONS"
