"""The lists that the worker finds, without documents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import pytest

from rls.domain.lists import Entry, FlatList, UnresolvableReference
from rls.domain.rlmi import Name
from rls.store.lasting import Lasting
from sipworker.engine import directory, list_changes
from sipworker.engine.directory import Answer, Found, Question
from xcap.documents.sharing import Sharing
from xcap.resolution import ResolvedService, Sought

FRIENDS = "sip:friends@example.test"
BOB, CAROL, DAVE = (f"sip:{name}@10.0.0.9" for name in ("bob", "carol", "dave"))


def service(
    *entries: str,
    uri: str = FRIENDS,
    owner: str = "alice@example.test",
    packages: frozenset[str] | None = None,
    names: dict[str, str] | None = None,
    document: int = 1,
    sharing: Sharing | None = None,
) -> ResolvedService:
    """A list; `names` are display names by entry."""
    flat = tuple(
        Entry(entry, entry, (Name(names[entry]),) if names and entry in names else ()) for entry in entries
    )
    return ResolvedService(uri, owner, packages, FlatList((), flat), frozenset({document}), "1:e", sharing)


class Lists:
    """What is put here is found; `users` are HA1 values by algorithm.

    `asked` has the lists that the worker compared with what its watchers have; what is set as
    `before_answer` happens once between the look-up of these and its answer.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.by_uri: dict[str, Found] = {}
        self.users: dict[tuple[str, str], dict[str, str]] = {}
        self.error: Exception | None = None
        self.asked: list[Collection[Sought]] = []
        self.before_answer: Callable[[], None] | None = None
        monkeypatch.setattr(directory, "look_up", self._look_up)
        monkeypatch.setattr(list_changes, "resolve_services", self._resolve)

    def put(self, *services: ResolvedService) -> None:
        self.by_uri.update({service.uri: service for service in services})

    def break_(self, uri: str = FRIENDS, *, document: int | str = 1) -> None:
        """The list cannot be made out before this document changes, or comes to be."""
        error = UnresolvableReference("nothing there")
        error.documents = frozenset({document})
        self.by_uri[uri] = error

    async def _look_up(self, database: Lasting, questions: Sequence[Question]) -> list[Answer]:
        if self.error:
            raise self.error
        return [
            Answer(self.by_uri.get(uri), self.users.get(user) if user else None) for uri, user, _ in questions
        ]

    async def _resolve(self, wanted: Collection[Sought]) -> dict[Sought, Found]:
        self.asked.append(wanted)
        if self.error:
            raise self.error
        found = {sought: self.by_uri.get(sought.uri) for sought in wanted}
        if meanwhile := self.before_answer:
            self.before_answer = None
            meanwhile()
        return found
