from django.db import models


class Order(models.Model):
    """Something an operator wants a SIP worker to do; the worker that owns the subscription does it.

    The rows are the record of who did what.
    """

    class Kind(models.TextChoices):
        FULL_STATE = "full-state", "send full state"
        RETRY = "retry", "ask failed back ends again"
        END = "end", "end the subscription"
        DRAIN = "drain", "refuse new subscriptions"
        UNDRAIN = "undrain", "accept subscriptions again"

    owner = models.IntegerField(help_text="number of the worker that has to do it")
    kind = models.TextField(choices=Kind.choices)
    watcher_id = models.BigIntegerField(null=True, help_text="the subscription; null: the worker as a whole")
    subject = models.TextField(blank=True, default="", help_text="the subscription in words, for the record")
    reason = models.TextField(blank=True, default="", help_text="of an end: what the watcher is told")
    by = models.TextField(help_text="who gave the order")
    at = models.DateTimeField(auto_now_add=True)
    done = models.DateTimeField(null=True)
    result = models.TextField(blank=True, default="")

    class Meta:
        db_table = "rls_orders"
        verbose_name = "action"
        indexes = [
            models.Index("owner", name="rls_orders_open", condition=models.Q(done=None)),
            models.Index("watcher_id", name="rls_orders_watcher"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject or f'worker {self.owner}'}"
