"""What the tests say of each requirement."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.conformance.matrix import Requirement, untestable

ORDER = ("passed", "failed", "skipped", "not covered", "untestable")


class Verdicts:
    """Outcomes of tests ("passed", "failed" or "skipped") by the ids that they carry."""

    def __init__(self) -> None:
        self._outcomes: dict[str, set[str]] = defaultdict(set)

    def add(self, ids: Iterable[str], outcome: str) -> None:
        for number in ids:
            self._outcomes[number].add(outcome)

    def of(self, requirement: Requirement) -> str:
        """One of ORDER. A single failure counts more than any success."""
        outcomes = self._outcomes.get(requirement.id, set())
        for verdict in ("failed", "passed", "skipped"):
            if verdict in outcomes:
                return verdict
        return "untestable" if requirement.id in untestable() else "not covered"

    def count(self, requirements: Iterable[Requirement]) -> Counter[str]:
        return Counter(map(self.of, requirements))
