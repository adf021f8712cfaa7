"""Digest through the whole engine: the first SUBSCRIBE and those in the dialog."""

from __future__ import annotations

import pytest

from rls.domain import digest
from tests.django.engine.lists import BOB, FRIENDS, service
from tests.django.engine.rig import Rig

pytestmark = pytest.mark.asyncio

CONTACT = "sip:rls@10.0.0.1:5060"


@pytest.fixture(autouse=True)
def _alice(rig: Rig) -> None:
    rig.lists.put(service(BOB))
    algorithms = ("MD5", "SHA-256")
    rig.lists.users["alice", "example.test"] = {
        algorithm: digest.ha1(algorithm, "alice", "example.test", "secret") for algorithm in algorithms
    }


def credentials(rig: Rig, uri: str = FRIENDS, nc: int = 1, password: str = "secret") -> str:
    challenge = next(answer for answer in reversed(rig.phone.responses) if answer.status == 401)
    value = digest.answer(
        challenge.rows("www-authenticate"),
        method="SUBSCRIBE",
        uri=uri,
        username="alice",
        password=password,
        cnonce="c",
        nc=nc,
    )
    return value or ""


async def authenticated(rig: Rig) -> None:
    """Alice's subscription is accepted after a challenge."""
    await rig.start(sip_auth="digest")
    rig.phone.subscribe()
    await rig.quiet()
    rig.phone.subscribe(authorization=credentials(rig))
    await rig.quiet()
    assert rig.phone.statuses == [401, 200]


@pytest.mark.req("R6665-6.3-1", "R6665-4.2.1.1-3")
async def test_d5_nothing_is_kept_of_who_shows_no_credentials(rig: Rig) -> None:
    await rig.start(sip_auth="digest")
    for _ in range(5):
        rig.phone.subscribe()
        await rig.quiet()
    assert rig.phone.statuses == [401] * 5
    assert await rig.select("select id from rls_watchers") == []
    assert len(rig.worker.agent.incoming) == 0 and rig.server.requests == []


@pytest.mark.req("R3261-22.2-1")
async def test_who_proves_the_name_is_served(rig: Rig) -> None:
    await authenticated(rig)
    assert rig.phone.told[-1].body(BOB)


@pytest.mark.req("R4662-4.4-1")
async def test_the_password_is_asked_for_before_anything_is_said_of_lists(rig: Rig) -> None:
    await rig.start(sip_auth="digest")
    for changed in (
        {"uri": "sip:nobody@example.test"},
        {"event": "foo"},
        {"supported": ""},
        {"accept": "a/b"},
    ):
        rig.phone.subscribe(changed.pop("uri", FRIENDS), **changed)
        await rig.quiet()
        rig.phone.subscribe(authorization=credentials(rig, password="guess"), **changed)
        await rig.quiet()
    assert set(rig.phone.statuses) == {401}


async def test_challenges_count_as_refusals_whoever_makes_them(rig: Rig) -> None:
    await authenticated(rig)
    assert rig.worker.agent.refused == {401: 1}
    rig.phone.subscribe(authorization=credentials(rig, password="guess"), call_id="another")
    await rig.quiet()
    assert rig.worker.agent.refused == {401: 2}


async def test_a_refresh_is_challenged_too(rig: Rig) -> None:
    await authenticated(rig)
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.status == 401
    assert len(rig.phone.told) == 2
    rig.phone.refresh(authorization=credentials(rig, CONTACT))
    await rig.quiet()
    assert rig.phone.status == 200
    assert rig.phone.told[-1].full


@pytest.mark.req("R3261-8.2-1")
async def test_a_refresh_with_a_wrong_password_changes_nothing(rig: Rig) -> None:
    await authenticated(rig)
    rig.phone.refresh(expires="0")
    await rig.quiet()
    rig.phone.refresh(expires="0", authorization=credentials(rig, password="guess"))
    await rig.quiet()
    assert rig.phone.status == 401
    assert len(rig.worker.watchers) == 1


async def test_a_store_that_does_not_answer_is_no_wrong_password(rig: Rig) -> None:
    await authenticated(rig)
    rig.phone.refresh()
    await rig.quiet()
    rig.lists.error = OSError("no route to database")
    rig.phone.refresh(authorization=credentials(rig, CONTACT))
    await rig.quiet()
    assert (rig.phone.status, rig.phone.responses[-1].header("retry-after")) == (500, "5")
    assert len(rig.worker.watchers) == 1


@pytest.mark.req("R3261-8.2-2")
@pytest.mark.parametrize(
    "changed",
    [{"require": "foo"}, {"uri": "tel:+15550100"}, {"to": "<sip:a@b>;tag=unknown"}, {"event": "a, b"}],
)
async def test_who_asks_comes_before_what_is_asked(rig: Rig, changed: dict[str, str]) -> None:
    await rig.start(sip_auth="digest")
    rig.phone.subscribe(changed.pop("uri", FRIENDS), **changed)
    await rig.quiet()
    assert rig.phone.statuses == [401]
