"""Imports of models are inside: this file is read before Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rls.models import Subscriber
    from xcap.models import Document

    Put = Callable[..., Document]
    Subscribe = Callable[[str], Subscriber]


@pytest.fixture(autouse=True)
def _forget_lists() -> None:
    from xcap import lookup

    lookup._cache.clear()


@pytest.fixture
def subscribe(db: None) -> Subscribe:
    """Creates the subscriber `user@domain` with the password "secret"."""
    from rls.models import Subscriber

    def create(address: str) -> Subscriber:
        username, _, domain = address.partition("@")
        subscriber = Subscriber(username=username, domain=domain)
        subscriber.set_password("secret")
        subscriber.save()
        return subscriber

    return create


@pytest.fixture
def alice(subscribe: Subscribe) -> Subscriber:
    return subscribe("alice@example.test")


@pytest.fixture
def put(alice: Subscriber) -> Put:
    """Stores a document of alice, or of another subscriber."""
    from xcap import store
    from xcap.selectors import DocumentSelector, Xui
    from xcap.usages import USAGES

    def store_document(
        auid: str, body: bytes, owner: str = "alice@example.test", path: str = "index"
    ) -> Document:
        return store.put(USAGES[auid], DocumentSelector(auid, Xui.parse(owner, ""), path), body)[0]

    return store_document
