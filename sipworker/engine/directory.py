"""What the database knows of lists and users, asked for all waiting SUBSCRIBEs at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import NamedTuple, TypeVar

import psycopg
from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DatabaseError, OperationalError, close_old_connections

from rls.domain.lists import NotFetched, UnresolvableReference
from rls.store.asking import Asking, ask, ask_on
from rls.store.credentials import User, secrets_of
from rls.store.ids import IdBlocks
from rls.store.lasting import Lasting
from sipworker.engine.age import Age
from sipworker.engine.foreign_documents import ForeignKeeper
from sipworker.engine.policy import Rejection
from xcap.foreign.references import Externals
from xcap.foreign.roots import Roots
from xcap.lookup import NOWHERE, resolve, resolving, unfetched
from xcap.resolution import ResolvedService, Sought

log = logging.getLogger("rls.directory")

PAUSE = 0.005
"""Seconds between the starts of two look-ups."""
AT_ONCE = 50
"""Lists in one look-up: nothing else is done while they are read."""
SPARE_IDS = 200
"""For the rows of back ends that fork, which cannot wait for the database."""
RETRY_AFTER = ("Retry-After", "5")
UNREACHABLE = Rejection(500, "List store unreachable", (RETRY_AFTER,))
UNFIT = Rejection(503, "Database unreachable", (RETRY_AFTER,))
AWAY = (psycopg.OperationalError, OperationalError)
T = TypeVar("T")
Found = ResolvedService | UnresolvableReference | None


class Answer(NamedTuple):
    """`service` None: not a list. `ha1` None: no such user, or none was asked for."""

    service: Found
    ha1: dict[str, str] | None = None


class Question(NamedTuple):
    """What the URI leads to, and the `ha1` of `user`; `done(answer, now)` is called once that is known."""

    uri: str
    user: User | None
    done: Callable[[Answer | None, float], None]


class Directory:
    """ask() calls `done(answer, now)` later; answer None when the database cannot tell."""

    def __init__(
        self,
        database: Lasting,
        ids: IdBlocks,
        keeper: ForeignKeeper | None = None,
        roots: Roots = NOWHERE.roots,
    ) -> None:
        self._database = database
        self._ids = ids
        self._keeper = keeper
        self._roots = roots
        self._is_away = False
        self._questions: list[Question] = []
        self.age = Age()
        self._under_way = 0
        self._working: set[asyncio.Task[None]] = set()
        self._asked = asyncio.Event()

    def __len__(self) -> int:
        """How many have not been answered yet."""
        return len(self._questions) + self._under_way + len(self._working)

    @property
    def excuse(self) -> Rejection:
        """What to say when it could not tell: without its database the whole server is unfit (row D22)."""
        return UNFIT if self._is_away else UNREACHABLE

    def ask(self, uri: str, user: User | None, done: Callable[[Answer | None, float], None]) -> None:
        if not self._questions:
            self.age.begin(asyncio.get_running_loop().time())
        self._questions.append(Question(uri, user, done))
        self._asked.set()

    async def _look_up(self, questions: Sequence[Question]) -> list[Answer]:
        """Without asking anybody else."""
        if self._keeper is None:
            return await look_up(self._database, questions)
        return await look_up(self._database, questions, Externals(self._roots, unfetched))

    def make_room(self, rows: int, done: Callable[[bool, float], None]) -> None:
        """`done(room, now)` when so many ids are reserved; False when the database cannot tell."""
        self._spawn(self._make_room(rows, done))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _make_room(self, rows: int, done: Callable[[bool, float], None]) -> None:
        try:
            await self._ids.reserve(rows)
            room = True
        except psycopg.Error as error:
            self._complain(error)
            room = False
        answered(done, room, asyncio.get_running_loop().time())

    async def run(self) -> None:
        """Answer at once when idle, else pause between look-ups: one costs as much as ten lists."""
        started = 0.0
        while True:
            await self._asked.wait()
            if (early := started + PAUSE - asyncio.get_running_loop().time()) > 0:
                await asyncio.sleep(early)
            started = asyncio.get_running_loop().time()
            questions, self._questions = self._questions[:AT_ONCE], self._questions[AT_ONCE:]
            if not self._questions:
                self._asked.clear()
            self._under_way = len(questions)
            self.age.take(whole=not self._questions)
            answers = await self._answers(questions)
            self._under_way = 0
            self.age.done()
            now = asyncio.get_running_loop().time()
            for question, answer in zip(questions, answers, strict=True):
                if self._keeper and answer and isinstance(answer.service, NotFetched):
                    self._spawn(self._fetch(question, answer, self._keeper))
                else:
                    answered(question.done, answer, now)

    async def _fetch(self, question: Question, answer: Answer, keeper: ForeignKeeper) -> None:
        """The list goes on at a foreign server (`<external>`); nobody else waits for it."""
        fetching = keeper.fetching()
        try:
            async with asyncio.timeout(keeper.timeout):
                while isinstance(answer.service, NotFetched):
                    await fetching.fetch(answer.service.url)
                    externals = Externals(self._roots, fetching.look)
                    (answer,) = await look_up(self._database, [question], externals)
            await self._ids.reserve(_rows(answer))
        except TimeoutError:
            answer = answer._replace(service=UnresolvableReference("no answer in time"))
        except Exception as error:
            self._complain(error)
            answered(question.done, None, asyncio.get_running_loop().time())
            return
        answered(question.done, answer, asyncio.get_running_loop().time())

    async def _answers(self, questions: Sequence[Question]) -> Sequence[Answer | None]:
        try:
            answers = await self._look_up(questions)
            await self._ids.reserve(sum(_rows(answer) for answer in answers) + SPARE_IDS)
        except Exception as error:
            self._complain(error)
            return [None] * len(questions)
        return answers

    def _complain(self, error: Exception) -> None:
        self._is_away = isinstance(error, AWAY)
        if self._is_away:
            log.error("lists cannot be looked up: database unreachable", extra={"error": str(error).strip()})
        else:
            log.error("lists cannot be looked up", exc_info=error)


def answered(done: Callable[[T, float], None], answer: T, now: float) -> None:
    """Whoever waits may fail: that costs one SUBSCRIBE only."""
    try:
        done(answer, now)
    except Exception:
        log.exception("a SUBSCRIBE could not be decided")


def _rows(answer: Answer) -> int:
    return 1 + answer.service.size() if isinstance(answer.service, ResolvedService) else 0


async def look_up(
    database: Lasting, questions: Sequence[Question], externals: Externals = NOWHERE
) -> list[Answer]:
    """Three queries at most, however many questions; more for lists that lead to many documents."""
    try:
        return await database.run(lambda held: ask_on(held, _answering(questions, externals)))
    except SynchronousOnlyOperation:  # a list leads to documents of which nobody could know
        return await _look_up_apart(questions, externals)


@sync_to_async
def _look_up_apart(questions: Sequence[Question], externals: Externals) -> list[Answer]:
    """In a thread, which may wait for the database in the midst of a list."""
    close_old_connections()
    return ask(_answering(questions, externals))


def _answering(questions: Sequence[Question], externals: Externals) -> Asking[list[Answer]]:
    services = yield from resolving(list({question.uri for question in questions}), externals)
    secrets = yield from secrets_of({question.user for question in questions if question.user})
    return [
        Answer(services.get(question.uri), secrets.get(question.user) if question.user else None)
        for question in questions
    ]


@sync_to_async
def resolve_services(wanted: Collection[Sought], externals: Externals = NOWHERE) -> dict[Sought, Found]:
    """For list changes and restarts. Raises DatabaseError."""
    close_old_connections()
    found = resolve(sorted({sought.uri for sought in wanted}), externals)
    return {sought: found[sought.uri] for sought in wanted}


__all__ = ["Answer", "DatabaseError", "Directory", "Found", "resolve_services"]
