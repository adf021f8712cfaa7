"""The directory looks lists and users up for all waiting SUBSCRIBEs together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections

from rls.models import Subscriber
from rls.store.ids import IdBlocks
from rls.store.lasting import Lasting
from sipworker.engine import directory
from sipworker.engine.directory import Answer, Directory, Question
from tests.django.database import connect
from tests.django.engine.waiting import LIMIT
from tests.django.xcap.documents import LISTS_ROOT, friends, inline, pointing, services
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
    database = Lasting(connect)
    directory = Directory(database, ids)
    task = asyncio.create_task(directory.run())
    yield directory
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await ids.close()
    await database.close()
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
        broken.setattr(directory, "resolving", lambda uris: 1 / 0)
        assert await answer(asked, FRIENDS) is None
    assert await answer(asked, FRIENDS) is not None


async def test_ids_for_the_answer_are_reserved(asked: Directory) -> None:
    await answer(asked, FRIENDS)
    assert len({asked._ids.take() for _ in range(3)}) == 3


@sync_to_async
def _put(auid: str, document: bytes) -> None:
    store.put(USAGES[auid], DocumentSelector(auid, Xui.parse("alice@example.test", ""), "index"), document)


async def test_list_that_points_to_another_document_is_looked_up_without_a_thread(
    asked: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointer = f"{LISTS_ROOT}/sip:alice@example.test/index/~~/resource-lists/list%5B@name=%22friends%22%5D"
    await _put("resource-lists", friends("sip:dora@example.test"))
    await _put("rls-services", services(pointing(FRIENDS, pointer)))
    monkeypatch.setattr(directory, "_look_up_apart", None)
    assert await _entries(asked) == ["sip:dora@example.test"]


async def test_list_whose_entries_lead_to_further_documents_is_looked_up(asked: Directory) -> None:
    reference = "resource-lists/users/sip:alice@example.test/index/~~/resource-lists/list/entry"
    await _put("resource-lists", friends("sip:dora@example.test"))
    list_ = f'<list><rl:entry-ref ref="{reference}"/></list>'
    await _put("rls-services", services(f'<service uri="{FRIENDS}">{list_}</service>'))
    assert await _entries(asked) == ["sip:dora@example.test"]


async def _entries(asked: Directory) -> list[str]:
    found = await answer(asked, FRIENDS)
    assert found is not None and isinstance(found.service, ResolvedService)
    return [entry.uri for entry in found.service.flat.entries]


async def test_connection_that_died_meanwhile_is_made_anew(asked: Directory) -> None:
    assert await answer(asked, FRIENDS)
    held = asked._database._connection
    assert held is not None
    async with await connect() as other:
        await other.execute("select pg_terminate_backend(%s)", (held.info.backend_pid,))
    assert await _entries(asked) == ["sip:bob@example.test", "sip:carol@example.test"]


async def test_those_that_wait_beyond_one_look_up_are_answered_by_the_next(
    asked: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "AT_ONCE", 3)
    sizes: list[int] = []
    look_up = directory.look_up

    async def counting(database: Lasting, questions: Sequence[Question]) -> list[Answer]:
        sizes.append(len(questions))
        return await look_up(database, questions)

    monkeypatch.setattr(directory, "look_up", counting)
    answers = await asyncio.gather(*(answer(asked, FRIENDS) for _ in range(8)))
    assert all(answers) and sizes == [3, 3, 2]
    assert asked.age.of_oldest(asyncio.get_running_loop().time()) == 0
