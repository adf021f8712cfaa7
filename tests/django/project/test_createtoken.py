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


def accesstokens(*arguments: str) -> str:
    out = StringIO()
    call_command("accesstokens", *arguments, stdout=out)
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


def test_operator_gets_a_token_for_reading() -> None:
    from django.contrib.auth.models import User

    from rls.models import AccessToken

    User.objects.create_superuser("boss")
    token = AccessToken.find(createtoken("--operator", "boss", "--read-only"))
    assert token and str(token) == "token of boss" and token.read_only


def test_tokens_are_shown_without_their_text_and_revoked() -> None:
    from rls.models import AccessToken

    text = createtoken("alice@example.test", "--label", "script", "--read-only")
    token = AccessToken.find(text)
    assert token
    assert accesstokens() == f"{token.pk}  script of alice@example.test  for ever  read only"
    assert accesstokens("--revoke", str(token.pk)) == "Revoked: script of alice@example.test"
    assert AccessToken.find(text) is None
    with pytest.raises(CommandError, match=f"There is no token {token.pk}"):
        accesstokens("--revoke", str(token.pk))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name a subscriber .* or --operator NAME"),
        (["alice@example.test", "--operator", "boss"], "Name a subscriber .* or --operator NAME"),
        (["--operator", "nobody"], "There is no active staff user nobody"),
        (["nobody@example.test"], "There is no subscriber nobody@example.test"),
        (["alice"], "There is no subscriber alice"),
        (["alice@example.test", "--days", "0"], "--days has to be 1 or more"),
    ],
)
def test_mistake_is_named(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        createtoken(*arguments)
