from django.contrib.postgres.fields import ArrayField
from django.db import models


class Change(models.Model):
    """What watchers have not been told yet: one row per commit group and slice.

    Written by the SIP worker in the statement that stores the states, claimed (deleted)
    by the tick of that slice.
    """

    owner = models.IntegerField()
    slice = models.IntegerField(help_text="watcher id modulo the number of slices")
    watcher_ids = ArrayField(models.BigIntegerField(), help_text="one element per change")
    row_ids = ArrayField(models.BigIntegerField(), help_text="rls_presentity rows, beside watcher_ids")
    mark = models.BigIntegerField(
        null=True, help_text="number of the commit group; rises from one to the next of a worker"
    )

    class Meta:
        db_table = "rls_changes"
        indexes = (models.Index(fields=["slice"], name="rls_changes_slice"),)

    def __str__(self) -> str:
        return f"{len(self.row_ids)} changes in slice {self.slice}"


class OutboxEntry(models.Model):
    """One numbered NOTIFY that its owner has to render and send."""

    class Kind(models.TextChoices):
        FULL = "F", "full state"
        PARTIAL = "P", "partial state"

    owner = models.IntegerField()
    watcher = models.ForeignKey("rls.Watcher", models.DO_NOTHING, db_constraint=False, db_index=False)
    cseq = models.BigIntegerField()
    version = models.BigIntegerField()
    kind = models.CharField(max_length=1, choices=Kind.choices)
    reason = models.TextField(blank=True, default="", help_text="set in the last NOTIFY of a subscription")
    row_ids = ArrayField(models.BigIntegerField(), help_text="rls_presentity rows of a partial NOTIFY")
    mark = models.BigIntegerField(
        null=True, help_text="newest mark it was numbered for: states with a later one are told by the next"
    )

    class Meta:
        db_table = "rls_outbox"
        verbose_name = "NOTIFY to send"
        verbose_name_plural = "outbox"

    def __str__(self) -> str:
        return f"NOTIFY {self.cseq} to watcher {self.watcher_id}"
