"""Whatever fits the description of the API, and what does not, gets an answer that the description has."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from pytest_django import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rlsproject.wsgi import application
from tests.django.api.client import Api

pytestmark = pytest.mark.django_db
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture(autouse=True)
def _something_to_find(alice: Api, settings: Settings) -> None:
    settings.RLS_API_RATE = 0
    alice.make_list("friends", "sip:bob@example.test")
    alice.post("services", {"uri": "sip:team@example.test", "entries": []})


@schema.parametrize()
@settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_described(case: Any, operator: Api) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {operator.token}"}, checks=CHECKS)
