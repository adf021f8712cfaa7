"""What Celery beat drives. Tasks only claim work in the database; none of them sends SIP."""

from __future__ import annotations

from celery import shared_task

from rls import batching, services


@shared_task(name="rls.tasks.tick")
def tick() -> None:
    batching.tick("celery")


@shared_task(name="rls.tasks.clean_up")
def clean_up() -> None:
    services.clean_up()
