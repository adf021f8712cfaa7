"""Who may subscribe, as a service says it."""

from __future__ import annotations

import pytest

from rls.domain import xmlinput
from tests.pure.xcap.surroundings import accepted, refusal, services
from xcap.documents import sharing
from xcap.documents.sharing import Sharing
from xcap.usages import RLS_SERVICES


def service(said: str) -> bytes:
    return services(f'<service uri="sip:a@example.test"><list/>{said}</service>')


def said(access: str, content: str = "") -> str:
    return f'<s:sharing xmlns:s="urn:rls:sharing" access="{access}">{content}</s:sharing>'


def test_service_that_says_nothing_leaves_it_to_the_setting() -> None:
    assert sharing.read(accepted(service(""), RLS_SERVICES)[0]) is None


@pytest.mark.parametrize("access", ["owner", "domain", "anyone"])
def test_access_is_one_word(access: str) -> None:
    assert sharing.read(accepted(service(said(access)), RLS_SERVICES)[0]) == Sharing(access)


def test_users_are_named_by_their_uris() -> None:
    found = accepted(service(said("users", '<s:user uri="sip:b@c"/><s:user uri="sip:d@e"/>')), RLS_SERVICES)
    assert sharing.read(found[0]) == Sharing("users", ("sip:b@c", "sip:d@e"))


@pytest.mark.parametrize(
    "wrong",
    [
        said("everybody"),
        said("users", "<s:user/>"),
        said("users", "<s:group/>"),
        '<s:sharing xmlns:s="urn:rls:sharing"/>',
    ],
)
def test_what_cannot_be_understood_is_refused(wrong: str) -> None:
    assert refusal(service(wrong), RLS_SERVICES).element == "schema-validation-error"


def test_what_got_past_the_schema_opens_the_list_to_nobody() -> None:
    root = xmlinput.parse(service(said("everybody", '<s:user uri="sip:b@c"/>')))
    assert sharing.read(root[0]) == Sharing("owner")
