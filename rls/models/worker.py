from django.db import models

STALE = 5.0
"""Seconds without a sign of life that make a worker or the ticks suspect."""


class Worker(models.Model):
    """A SIP worker and its heartbeat."""

    id = models.IntegerField(primary_key=True, help_text="number of the worker, its `owner` elsewhere")
    contact = models.TextField(help_text="where in-dialog requests reach it")
    started = models.DateTimeField()
    heartbeat = models.DateTimeField()
    watchers = models.IntegerField(default=0)
    back_ends = models.IntegerField(default=0)
    draining = models.BooleanField(
        db_default=False, default=False, help_text="whether it refuses new subscriptions"
    )

    class Meta:
        db_table = "rls_workers"
        verbose_name = "SIP worker"

    def __str__(self) -> str:
        return f"worker {self.id} at {self.contact}"


class Tick(models.Model):
    """When the batching ran last; one row. A dead beat shows here."""

    id = models.IntegerField(primary_key=True)
    last = models.DateTimeField()
    slot = models.BigIntegerField(default=0, help_text="number of the last time slot that was served")
    lag = models.FloatField(db_default=0.0, default=0.0, help_text="how late that was, in seconds")
    slots = models.BigIntegerField(db_default=0, default=0, help_text="slots served so far")
    notifies = models.BigIntegerField(db_default=0, default=0, help_text="NOTIFYs numbered so far")
    by = models.TextField(help_text="who ran it: celery, or a SIP worker standing in")

    class Meta:
        db_table = "rls_tick"
        verbose_name = "last tick"
        verbose_name_plural = "last tick"

    def __str__(self) -> str:
        return f"slot {self.slot}, by {self.by}"
