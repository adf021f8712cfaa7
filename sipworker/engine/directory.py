"""What the database knows of lists and users, asked for all waiting SUBSCRIBEs at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from django.db.models import Q

from rls.domain.lists import UnresolvableReference
from rls.models import Subscriber
from rls.store.ids import IdBlocks
from sipworker.engine.age import Age
from xcap.lookup import ResolvedService, resolve

log = logging.getLogger("rls.directory")

PAUSE = 0.005
"""Seconds between the starts of two look-ups."""
SPARE_IDS = 200
"""For the rows of back ends that fork, which cannot wait for the database."""
User = tuple[str, str]
Found = ResolvedService | UnresolvableReference | None


class Answer(NamedTuple):
    """`service` None: not a list. `ha1` None: no such user, or none was asked for."""

    service: Found
    ha1: dict[str, str] | None = None


class Question(NamedTuple):
    uri: str
    user: User | None
    done: Callable[[Answer | None, float], None]


class Directory:
    """ask() calls `done(answer, now)` later; answer None when the database cannot tell."""

    def __init__(self, ids: IdBlocks) -> None:
        self._ids = ids
        self._questions: list[Question] = []
        self.age = Age()
        self._under_way = 0
        self._asked = asyncio.Event()

    def __len__(self) -> int:
        """How many have not been answered yet."""
        return len(self._questions) + self._under_way

    def ask(self, uri: str, user: User | None, done: Callable[[Answer | None, float], None]) -> None:
        if not self._questions:
            self.age.begin(asyncio.get_running_loop().time())
        self._questions.append(Question(uri, user, done))
        self._asked.set()

    async def run(self) -> None:
        """Answer at once when idle, else pause between look-ups: one costs as much as ten lists."""
        started = 0.0
        while True:
            await self._asked.wait()
            if (early := started + PAUSE - asyncio.get_running_loop().time()) > 0:
                await asyncio.sleep(early)
            started = asyncio.get_running_loop().time()
            self._asked.clear()
            questions, self._questions = self._questions, []
            self._under_way = len(questions)
            self.age.take()
            answers = await self._answers(questions)
            self._under_way = 0
            self.age.done()
            now = asyncio.get_running_loop().time()
            for question, answer in zip(questions, answers, strict=True):
                try:
                    question.done(answer, now)
                except Exception:
                    log.exception("a SUBSCRIBE could not be decided")

    async def _answers(self, questions: Sequence[Question]) -> Sequence[Answer | None]:
        try:
            answers = await look_up(questions)
            await self._ids.reserve(sum(_rows(answer) for answer in answers) + SPARE_IDS)
        except Exception:
            log.exception("lists cannot be looked up")
            return [None] * len(questions)
        return answers


def _rows(answer: Answer) -> int:
    return 1 + len(answer.service.flat.entries) if isinstance(answer.service, ResolvedService) else 0


@sync_to_async
def look_up(questions: Sequence[Question]) -> list[Answer]:
    """Two or three queries, however many questions."""
    close_old_connections()
    services = resolve(list({question.uri for question in questions}))
    secrets = ha1_of({question.user for question in questions if question.user})
    return [
        Answer(services.get(question.uri), secrets.get(question.user) if question.user else None)
        for question in questions
    ]


@sync_to_async
def resolve_services(uris: Sequence[str]) -> dict[str, Found]:
    """For list changes and restarts. Raises DatabaseError."""
    close_old_connections()
    return dict(resolve(uris))


def ha1_of(users: set[User]) -> dict[User, dict[str, str]]:
    """HA1 values of users (username, realm) by algorithm; the unknown are left out."""
    if not users:
        return {}
    wanted = Q()
    for username, realm in users:
        wanted |= Q(username=username, domain=realm)
    return {
        (user.username, user.domain): {"MD5": user.ha1_md5, "SHA-256": user.ha1_sha256}
        for user in Subscriber.objects.filter(wanted)
    }


__all__ = ["Answer", "DatabaseError", "Directory", "Found", "resolve_services"]
