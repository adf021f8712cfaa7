"""What Celery beat drives. Tasks only claim work in the database; none of them sends SIP."""

from __future__ import annotations

from celery import shared_task

from rls import batching, live, services
from rls.domain.slots import tick_interval


@shared_task(name="rls.tasks.tick")
def tick() -> None:
    # Beat keeps the pace with which it was started.
    batching.tick("celery", tick_interval(live.given()["RLS_WAITN_TIME"]))


@shared_task(name="rls.tasks.clean_up")
def clean_up() -> None:
    services.clean_up()
