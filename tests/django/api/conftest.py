"""Imports of models are inside: this file is read before Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from rls.models import Subscriber
    from tests.django.api.client import Api


@pytest.fixture(autouse=True)
def _fresh(settings: Settings) -> None:
    """No list and no request of another test is remembered; passwords of operators are cheap."""
    from rls.api.throttle import allowed
    from xcap import lookup

    lookup._cache.clear()
    allowed.forget()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def subscribe(db: None) -> Callable[[str], Subscriber]:
    from rls.models import Subscriber

    def create(address: str) -> Subscriber:
        username, _, domain = address.partition("@")
        subscriber = Subscriber(username=username, domain=domain)
        subscriber.set_password("secret")
        subscriber.save()
        return subscriber

    return create


@pytest.fixture
def alice(subscribe: Callable[[str], Subscriber]) -> Api:
    """The API for alice@example.test."""
    from tests.django.api.client import api_of

    return api_of(subscribe("alice@example.test"))


@pytest.fixture
def bob(subscribe: Callable[[str], Subscriber]) -> Api:
    from tests.django.api.client import api_of

    return api_of(subscribe("bob@example.test"))


@pytest.fixture
def superuser(db: None) -> User:
    from django.contrib.auth.models import User

    return User.objects.create_superuser("boss", password="password")


@pytest.fixture
def operator(superuser: User) -> Api:
    """The API for an operator who may do everything."""
    from tests.django.api.client import api_of

    return api_of(superuser)
