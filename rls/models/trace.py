from django.db import models


class Trace(models.Model):
    """An operator wants to see the SIP messages of a subscription, a user or a list, for some time."""

    class Kind(models.TextChoices):
        WATCHER = "watcher", "subscription"
        USER = "user", "user"
        LIST = "list", "list"

    kind = models.TextField(choices=Kind.choices)
    target = models.TextField(help_text="number of the watcher, user@domain, or the URI of the list")
    by = models.TextField(help_text="who switched it on")
    started = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(help_text="when it ends by itself")

    class Meta:
        db_table = "rls_traces"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.target}"


class TracedMessage(models.Model):
    """One SIP message, as it was on the wire."""

    trace = models.ForeignKey(Trace, models.CASCADE, related_name="messages")
    at = models.DateTimeField()
    owner = models.IntegerField(help_text="number of the worker")
    sent = models.BooleanField(help_text="whether we sent it")
    transport = models.TextField()
    local = models.TextField(help_text="our address and port")
    remote = models.TextField(help_text="the other's address and port")
    message = models.BinaryField()

    class Meta:
        db_table = "rls_traced_messages"

    def __str__(self) -> str:
        return bytes(self.message).split(b"\r\n", 1)[0].decode(errors="replace")
