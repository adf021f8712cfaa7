"""Which list subscriptions this worker has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sipworker.engine.list_subscription import ListSubscription
from sipworker.engine.policy import aor
from xcap.resolution import Sought


class Roll:
    """By id, by user, by list."""

    def __init__(self) -> None:
        self._by_id: dict[int, ListSubscription] = {}
        self._of_user: dict[tuple[str, str], tuple[int, ...]] = {}
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._by_id)

    def count_of(self, identity: str) -> int:
        """How many a user has, of all packages."""
        return self._counts[aor(identity)]

    def get(self, number: int) -> ListSubscription | None:
        return self._by_id.get(number)

    def __iter__(self) -> Iterator[ListSubscription]:
        return iter(self._by_id.values())

    def of_list(self, sought: Sought) -> list[ListSubscription]:
        return [watcher for watcher in self._by_id.values() if watcher.sought == sought]

    def of_service(self, service_uri: str) -> list[ListSubscription]:
        """Whoever asked for the list, wherever it is stored."""
        return [watcher for watcher in self._by_id.values() if watcher.service_uri == service_uri]

    def with_recipients(self) -> list[ListSubscription]:
        """Those that brought their list along."""
        return [watcher for watcher in self._by_id.values() if watcher.recipients is not None]

    def lists(self) -> set[Sought]:
        """The stored lists that are subscribed to."""
        return {watcher.sought for watcher in self._by_id.values() if watcher.service_uri}

    def others_of(self, watcher: ListSubscription) -> list[ListSubscription]:
        """Those of the same user, for the same event package."""
        return [self._by_id[number] for number in self._of_user[watcher.user_key] if number != watcher.id]

    def enter(self, watcher: ListSubscription) -> None:
        """Count a subscription among ours."""
        self._by_id[watcher.id] = watcher
        self._of_user[watcher.user_key] = (*self._of_user.get(watcher.user_key, ()), watcher.id)
        self._counts[aor(watcher.identity)] += 1

    def strike(self, watcher: ListSubscription) -> bool:
        """Count it no more; False if it was not among ours."""
        if self._by_id.pop(watcher.id, None) is None:
            return False
        others = tuple(each for each in self._of_user.pop(watcher.user_key) if each != watcher.id)
        if others:
            self._of_user[watcher.user_key] = others
        user = aor(watcher.identity)
        self._counts[user] -= 1
        if not self._counts[user]:
            del self._counts[user]
        return True
