"""Page numbers of big tables without counting them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import connections
from django.db.models import QuerySet
from django.utils.functional import cached_property

EXACT_UP_TO = 10_000
"""Rows that are counted; more are estimated, or with a filter not told apart."""


class EstimatedPaginator(Paginator[Any]):
    """Counts at most EXACT_UP_TO rows; a greater table is as long as PostgreSQL's statistics say."""

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        counted = self.object_list[: EXACT_UP_TO + 1].count()
        if counted <= EXACT_UP_TO or self.object_list.query.where:
            return min(counted, EXACT_UP_TO)
        return max(counted, self._estimate())

    def _estimate(self) -> int:
        with connections[self.object_list.db].cursor() as cursor:
            cursor.execute(
                "select reltuples::bigint from pg_class where oid = %s::regclass",
                [self.object_list.model._meta.db_table],
            )
            return int(cursor.fetchone()[0])
