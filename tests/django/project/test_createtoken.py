from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone


def createtoken(*arguments: str) -> str:
    out = StringIO()
    call_command("createtoken", *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.fixture(autouse=True)
def _alice(db: None) -> None:
    from rls.models import Subscriber

    Subscriber.objects.create(username="alice", domain="example.test")


@pytest.mark.parametrize("address", ["alice@example.test", "sip:alice@EXAMPLE.test"])
def test_token_is_printed_once_and_only_its_hash_is_kept(address: str) -> None:
    from rls.models import AccessToken

    text = createtoken(address, "--label", "script", "--days", "3")
    token = AccessToken.find(text)
    assert token is not None
    assert (str(token), text in str(vars(token))) == ("script of alice@example.test", False)
    assert token.expires and timedelta(days=2) < token.expires - timezone.now() < timedelta(days=3)


def test_without_days_the_token_stays_valid() -> None:
    from rls.models import AccessToken

    token = AccessToken.find(createtoken("alice@example.test"))
    assert token and token.expires is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody@example.test"], "There is no subscriber nobody@example.test"),
        (["alice"], "There is no subscriber alice"),
        (["alice@example.test", "--days", "0"], "--days has to be 1 or more"),
    ],
)
def test_mistake_is_named(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        createtoken(*arguments)
