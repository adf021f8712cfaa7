"""What Celery beat drives for documents."""

from celery import shared_task

from xcap.opensips import refreshing


@shared_task(name="xcap.tasks.refresh_watchers")
def refresh_watchers() -> None:
    refreshing.tell()
