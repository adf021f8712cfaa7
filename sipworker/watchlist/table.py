"""What a subscriber knows of a list, by the rules of RFC 4662 section 5.6."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from rls.domain import states
from rls.domain.rlmi import Instance, Name, Resource, ResourceList, State
from rls.domain.states import Said
from sipworker.watchlist import bodies
from sipworker.watchlist.bodies import ListBody, UnreadableBody

MAX_NESTING = 8


class Verdict(Enum):
    """What became of a document. After GAP the subscriber refreshes, for full state (section 5.6.2)."""

    APPLIED = "applied"
    GAP = "version gap"
    DISCARDED = "discarded"


@dataclass(slots=True)
class InstanceRow:
    id: str
    state: State
    reason: str | None = None
    said: Said | None = None
    nested: ListTable | None = None


@dataclass(slots=True)
class Row:
    """`version` and `full_state` are of the document that told it last, `since` is its last change."""

    uri: str
    names: tuple[Name, ...]
    instances: dict[str, InstanceRow]
    version: int
    full_state: bool
    since: float

    @property
    def known(self) -> bool:
        """Whether the server has said anything about the resource's state."""
        return bool(self.instances)


@dataclass(slots=True)
class ListTable:
    """One list of one subscription; lists inside it have tables and versions of their own."""

    uri: str = ""
    names: tuple[Name, ...] = ()
    version: int | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    depth: int = 0

    def apply(self, body: ListBody, now: float) -> Verdict:
        meta = body.meta
        verdict = self._judge(meta)
        if verdict is Verdict.DISCARDED:
            return verdict
        update = _Update(self, body, now)
        told = {resource.uri: update.row(resource) for resource in meta.resources}
        self.rows = told if meta.full_state else self.rows | told
        self.uri, self.version = meta.uri, meta.version
        self.names = meta.names or self.names
        return Verdict.GAP if update.gap else verdict

    def _judge(self, meta: ResourceList) -> Verdict:
        if self.version is None:
            return Verdict.APPLIED if meta.full_state else Verdict.GAP
        if meta.version <= self.version:
            return Verdict.DISCARDED
        follows = meta.full_state or meta.version == self.version + 1
        return Verdict.APPLIED if follows else Verdict.GAP

    @property
    def complete(self) -> bool:
        """Full state has come, and says something about every resource."""
        return self.version is not None and all(row.known for row in self.rows.values())


class _Update:
    """One document on its way into a table; `gap` if a list inside it missed something."""

    def __init__(self, table: ListTable, body: ListBody, now: float) -> None:
        self._table = table
        self._body = body
        self._now = now
        self.gap = False

    def row(self, resource: Resource) -> Row:
        meta, before = self._body.meta, self._table.rows.get(resource.uri)
        old = before.instances if before else {}
        instances = {each.id: self._instance(each, old.get(each.id)) for each in resource.instances}
        unchanged = before is not None and old == instances
        since = before.since if before is not None and unchanged else self._now
        names = resource.names or (before.names if before else ())
        return Row(resource.uri, names, instances, meta.version, meta.full_state, since)

    def _instance(self, instance: Instance, before: InstanceRow | None) -> InstanceRow:
        row = InstanceRow(instance.id, instance.state, instance.reason)
        part = self._body.part_of(instance)
        if part is None:
            return row
        if bodies.is_list(part.content_type) and self._table.depth < MAX_NESTING:
            row.nested = before.nested if before and before.nested else ListTable(depth=self._table.depth + 1)
            row.said = self._nest(row.nested, part.content_type, part.body)
        else:
            row.said = states.read(part.content_type, part.body, before.said if before else None)
        return row

    def _nest(self, table: ListTable, content_type: str, body: bytes) -> Said:
        """fullState counts for its own document only (section 4.6): the inner list is judged by itself."""
        try:
            verdict = table.apply(bodies.read(content_type, body), self._now)
        except UnreadableBody as error:
            return Said("unreadable", str(error))
        self.gap = self.gap or verdict is Verdict.GAP
        return Said("list", f"version {table.version}")
