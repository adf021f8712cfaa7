"""The directory looks lists and users up for all waiting SUBSCRIBEs together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections

from rls.models import Subscriber
from rls.store.ids import IdBlocks
from sipworker.engine import directory
from sipworker.engine.directory import Answer, Directory
from tests.django.database import connect
from tests.django.engine.waiting import LIMIT
from tests.django.xcap.documents import inline, services
from xcap import lookup, store
from xcap.resolution import ResolvedService
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import USAGES

pytestmark = pytest.mark.asyncio

FRIENDS = "sip:friends@example.test"


@sync_to_async
def _fill() -> None:
    lookup._cache.clear()
    for name in ("alice", "bob"):
        subscriber = Subscriber(username=name, domain="example.test")
        subscriber.set_password(f"{name}'s secret")
        subscriber.save()
    document = services(inline(FRIENDS, "sip:bob@example.test", "sip:carol@example.test"))
    selector = DocumentSelector("rls-services", Xui.parse("alice@example.test", ""), "index")
    store.put(USAGES["rls-services"], selector, document)


@pytest_asyncio.fixture
async def asked(transactional_db: None) -> AsyncIterator[Directory]:
    """A running directory over stored documents."""
    await _fill()
    ids = IdBlocks(connect)
    directory = Directory(ids)
    task = asyncio.create_task(directory.run())
    yield directory
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await ids.close()
    await sync_to_async(connections.close_all)()


async def answer(directory: Directory, uri: str, user: tuple[str, str] | None = None) -> Answer | None:
    got: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
    directory.ask(uri, user, lambda answer, now: got.set_result(answer))
    return await asyncio.wait_for(got, LIMIT)


async def test_a_list_is_found_with_its_entries(asked: Directory) -> None:
    found = await answer(asked, FRIENDS)
    assert found is not None and isinstance(found.service, ResolvedService)
    assert [entry.uri for entry in found.service.flat.entries] == [
        "sip:bob@example.test",
        "sip:carol@example.test",
    ]
    assert (found.service.owner, found.ha1) == ("alice@example.test", None)


@pytest.mark.parametrize("uri", ["sip:nobody@example.test", "tel:+4930", "rubbish", ""])
async def test_what_is_no_list_is_none(asked: Directory, uri: str) -> None:
    assert await answer(asked, uri) == Answer(None)


async def test_secrets_are_those_of_the_user_who_asked(asked: Directory) -> None:
    answers = await asyncio.gather(
        *(answer(asked, FRIENDS, (name, "example.test")) for name in ("alice", "bob", "nobody"))
    )
    alice, bob, nobody = (each and each.ha1 for each in answers)
    assert alice and bob and alice.keys() == bob.keys() == {"MD5", "SHA-256"}
    assert alice != bob and nobody is None


async def test_a_database_that_fails_is_said_and_the_next_question_is_answered(
    asked: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(directory, "resolve", lambda uris: 1 / 0)
        assert await answer(asked, FRIENDS) is None
    assert await answer(asked, FRIENDS) is not None


async def test_ids_for_the_answer_are_reserved(asked: Directory) -> None:
    await answer(asked, FRIENDS)
    assert len({asked._ids.take() for _ in range(3)}) == 3
