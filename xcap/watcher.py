"""The table of subscriptions to changes of documents."""

from django.db import models


class DocumentWatcher(models.Model):
    """One subscription to the event package xcap-diff (RFC 5875): its dialog, and what it has been told.

    One row holds all of it, so that a NOTIFY is numbered, remembered and kept for sending in one write.
    """

    owner = models.IntegerField(help_text="number of the SIP worker that holds the dialog")
    identity = models.TextField(help_text="who watches, a SIP URI")
    mode = models.TextField(help_text="diff-processing: no-patching, xcap-patching or aggregate")
    uris = models.JSONField(null=True, help_text="XCAP URIs that are watched; null: all of the user")
    condition = models.TextField(
        blank=True,
        db_default="",
        default="",
        help_text="Suppress-If-Match of the last SUBSCRIBE: a SIP-ETag or *",
    )
    known = models.JSONField(default=dict, help_text="what was told: selector to entity tag or mark")
    unanswered = models.BinaryField(null=True, help_text="body of the NOTIFY that has no answer yet")
    reason = models.TextField(blank=True, default="", help_text="set with the last NOTIFY")
    event_id = models.TextField(null=True, blank=True)
    callid = models.TextField()
    to_tag = models.TextField(help_text="our tag")
    from_tag = models.TextField(help_text="the watcher's tag")
    local_cseq = models.BigIntegerField(default=0, help_text="CSeq of the last NOTIFY that was numbered")
    remote_cseq = models.BigIntegerField(help_text="CSeq of the last SUBSCRIBE")
    contact = models.TextField(help_text="where NOTIFYs go: the watcher's Contact URI")
    record_route = models.TextField(blank=True, default="", help_text="route set, in the order of use")
    local_contact = models.TextField(help_text="our Contact URI in this dialog")
    from_header = models.TextField(help_text="From of the SUBSCRIBE without its tag")
    to_header = models.TextField(help_text="To of the SUBSCRIBE without its tag")
    flow = models.TextField(help_text="where the latest SUBSCRIBE came from: transport local remote")
    expires = models.BigIntegerField(help_text="when the subscription ends")

    class Meta:
        db_table = "xcap_watchers"
        verbose_name = "watcher of documents"
        verbose_name_plural = "watchers of documents"
        indexes = [models.Index(fields=["owner"], name="xcap_watchers_owner")]

    def __str__(self) -> str:
        return f"{self.identity} watches documents"
