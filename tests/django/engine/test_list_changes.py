"""A stored list changes while it is watched."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection

from rls import services
from tests.django.engine.lists import BOB, CAROL, DAVE, FRIENDS, service
from tests.django.engine.phone import Phone
from tests.django.engine.rig import Rig
from tests.django.engine.waiting import until
from xcap.documents.sharing import Sharing
from xcap.resolution import ResolvedService, Sought

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL))


async def announce(rig: Rig, document: int = 1) -> None:
    """As the XCAP server does when a document is written."""
    checked = len(rig.lists.asked)
    await asyncio.to_thread(_announce, document)
    await until(lambda: len(rig.lists.asked) > checked)
    await rig.quiet()


def _announce(document: int) -> None:
    services.list_changed(document)
    connection.close()


def _announce_new(name: str) -> None:
    services.list_created(name)
    connection.close()


async def stored(rig: Rig) -> list[str]:
    return [uri for (uri,) in await rig.select("select resource_uri from rls_presentity order by position")]


@pytest.mark.req("R4662-5.2-7")
async def test_who_joins_is_subscribed_to_and_full_state_is_told(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.put(service(DAVE, BOB, CAROL))
    await announce(rig)
    told = rig.phone.told[2]
    assert (told.version, told.full, list(told.states)) == (2, True, [DAVE, BOB, CAROL])
    assert told.states[DAVE] is None and told.body(BOB)
    assert len(rig.server.subscribes(DAVE)) == 1
    await rig.tick()
    assert rig.phone.told[3].states == {DAVE: ("active", None, f"<{DAVE}/>".encode())}
    assert await stored(rig) == [DAVE, BOB, CAROL]


async def test_who_leaves_is_unsubscribed_from(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.put(service(CAROL))
    await announce(rig)
    assert (rig.phone.told[2].full, list(rig.phone.told[2].states)) == (True, [CAROL])
    assert rig.server.subscribes(BOB)[-1].header("expires") == "0"
    assert await stored(rig) == [CAROL]
    assert len(rig.server.subscribes(CAROL)) == 1


async def test_who_leaves_and_returns_is_asked_anew(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    for entries in ((CAROL,), (BOB, CAROL)):
        rig.lists.put(service(*entries))
        await announce(rig)
    assert [request.header("expires") for request in rig.server.subscribes(BOB)] == ["3600", "0", "3600"]
    assert await stored(rig) == [BOB, CAROL]


@pytest.mark.parametrize(
    "changed",
    [
        service(CAROL, BOB),
        service(BOB, CAROL, names={BOB: "Bobby"}),
    ],
    ids=["order", "names"],
)
async def test_order_and_names_are_news(rig: Rig, changed: ResolvedService) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.put(changed)
    await announce(rig)
    assert len(rig.phone.told) == 3 and rig.phone.told[2].full
    assert len(rig.server.subscribes()) == 2


async def test_a_document_that_says_the_same_is_not_told(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.put(service(BOB, CAROL))
    await announce(rig)
    assert len(rig.phone.told) == 2


async def test_other_documents_change_nothing(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.put(service(BOB))
    rig.worker.list_changes.changed("99")
    await rig.quiet()
    assert len(rig.phone.told) == 2


@pytest.mark.req("R4662-4.5-2")
async def test_an_emptied_list_is_told_as_an_empty_list(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.put(service())
    await announce(rig)
    assert (rig.phone.told[2].full, rig.phone.told[2].states) == (True, {})


@pytest.mark.req("R6665-4.2.2-9", "R6665-7.2-1", "R4662-4.5-2")
async def test_a_deleted_list_ends_its_subscriptions(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    del rig.lists.by_uri[FRIENDS]
    await announce(rig)
    assert rig.phone.told[2].state == "terminated;reason=noresource"
    assert rig.server.subscribes(BOB)[-1].header("expires") == "0"
    assert await rig.select("select id from rls_watchers") == []


@pytest.mark.req("R6665-4.2.1.3-4")
async def test_a_list_that_is_closed_ends_the_subscriptions_of_all_but_its_owner(rig: Rig) -> None:
    rig.lists.put(
        service(BOB, owner="bob@example.test", sharing=Sharing("users", ("sip:alice@example.test",)))
    )
    await rig.start()
    await rig.subscribed()
    rig.lists.put(service(BOB, owner="bob@example.test", sharing=Sharing("owner")))
    await announce(rig)
    assert rig.phone.told[2].state == "terminated;reason=rejected"
    assert rig.server.subscribes(BOB)[-1].header("expires") == "0"
    assert await rig.select("select id from rls_watchers") == []


async def test_news_that_came_while_the_list_was_looked_up_are_not_missed(rig: Rig) -> None:
    await rig.start()
    rig.worker.list_changes.changed("1")
    await rig.subscribed()
    assert list(rig.lists.asked[-1]) == [Sought(FRIENDS)]


async def test_a_list_that_cannot_be_made_out_stays_as_it_was(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.break_()
    await announce(rig)
    assert len(rig.phone.told) == 2
    rig.lists.put(service(BOB))
    await announce(rig)
    assert list(rig.phone.told[2].states) == [BOB]


async def test_a_list_that_waits_for_a_document_is_told_when_it_comes(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    missing = "resource-lists/users/sip:bob@example.test/index"
    rig.lists.break_(document=missing)
    await announce(rig)
    rig.lists.put(service(BOB))
    rig.worker.list_changes.changed("resource-lists/users/sip:bob@example.test/other")
    await rig.quiet()
    assert len(rig.phone.told) == 2
    await asyncio.to_thread(_announce_new, missing)
    await rig.told(3)
    assert list(rig.phone.told[2].states) == [BOB]


async def test_a_document_that_comes_while_the_list_is_compared_is_not_missed(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.break_(document="resource-lists/global/company")
    changes = rig.worker.list_changes

    def meanwhile() -> None:
        rig.clock.set_forward_to(rig.clock.now() + 0.001)
        changes.changed("resource-lists/global/company")
        rig.lists.put(service(BOB))

    rig.lists.before_answer = meanwhile
    changes.changed("1")
    await rig.told(3)
    assert list(rig.phone.told[2].states) == [BOB]


async def test_a_store_that_does_not_answer_is_asked_again(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.put(service(BOB))
    rig.lists.error = OSError("no route to database")
    await announce(rig)
    rig.lists.error = None
    await rig.pass_time(2.1)
    await rig.told(3)
    assert list(rig.phone.told[2].states) == [BOB]


async def test_every_watcher_of_the_list_is_told(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    second = Phone(rig.network, ("10.0.0.3", 5062))
    second.subscribe()
    await rig.quiet()
    rig.lists.put(service(BOB))
    await announce(rig)
    assert list(rig.phone.told[-1].states) == list(second.told[-1].states) == [BOB]


async def test_a_lost_database_connection_makes_the_worker_look_at_every_list(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.lists.put(service(CAROL))
    await rig.connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %%'"
    )
    await until(lambda: not rig.worker.listener.listening.is_set())
    rig.clock.set_forward_to(rig.clock.now() + 2)
    await until(rig.worker.listener.listening.is_set)
    await rig.told(3)
    assert list(rig.phone.told[2].states) == [CAROL]
