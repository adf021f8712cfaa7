from django.db import models


class Watcher(models.Model):
    """One list subscription: a watcher's dialog with us (table `rls_watchers` of OpenSIPS).

    The columns above the line have the names and meanings of OpenSIPS; where ours
    differ `docs/reference/tables.md` says so. Times are Unix seconds.
    """

    class Status(models.IntegerChoices):
        """OpenSIPS presence: subscription states as numbers."""

        ACTIVE = 1, "active"
        PENDING = 2, "pending"
        TERMINATED = 3, "terminated"

    id = models.BigIntegerField(primary_key=True)
    presentity_uri = models.TextField(help_text="the list URI as the watcher wrote it in the Request-URI")
    to_user = models.TextField()
    to_domain = models.TextField()
    watcher_username = models.TextField()
    watcher_domain = models.TextField()
    event = models.TextField(default="presence")
    event_id = models.TextField(null=True, blank=True)
    to_tag = models.TextField(help_text="our tag")
    from_tag = models.TextField(help_text="the watcher's tag")
    callid = models.TextField()
    local_cseq = models.BigIntegerField(help_text="CSeq of the last NOTIFY that was numbered")
    remote_cseq = models.BigIntegerField(help_text="CSeq of the last SUBSCRIBE")
    contact = models.TextField(help_text="where NOTIFYs go: the watcher's Contact URI")
    record_route = models.TextField(null=True, blank=True, help_text="route set, in the order of use")
    expires = models.BigIntegerField(help_text="when the subscription ends")
    status = models.IntegerField(choices=Status.choices, default=Status.PENDING)
    reason = models.TextField(blank=True, default="")
    version = models.BigIntegerField(default=0, help_text="RLMI version of the last NOTIFY that was numbered")
    socket_info = models.TextField(help_text="our socket, transport:host:port")
    local_contact = models.TextField(help_text="our Contact URI in this dialog")
    # ---- our own
    owner = models.IntegerField(help_text="number of the SIP worker that holds the dialog")
    rlsubs_did = models.TextField(help_text="callid;from_tag;to_tag, the key into rls_presentity")
    service_uri = models.TextField(help_text="canonical URI of the list service")
    identity = models.TextField(help_text="who the watcher is: From, or what a trusted proxy asserted")
    from_header = models.TextField(help_text="From of the SUBSCRIBE without its tag")
    to_header = models.TextField(help_text="To of the SUBSCRIBE without its tag")
    accept = models.TextField(blank=True, default="", help_text="Accept of the latest SUBSCRIBE")
    event_params = models.TextField(
        blank=True,
        db_default="",
        default="",
        help_text="parameters of Event in the latest SUBSCRIBE, but for its id",
    )
    flow = models.TextField(help_text="where the latest SUBSCRIBE came from: transport local remote")
    user_agent = models.TextField(blank=True, default="")
    max_forwards = models.IntegerField(default=70, help_text="Max-Forwards of the initial SUBSCRIBE")
    privacy = models.TextField(
        blank=True, db_default="", default="", help_text="Privacy of the SUBSCRIBE (RFC 3323)"
    )
    recipients = models.BinaryField(
        null=True, help_text="the list, where the SUBSCRIBE brought it along (RFC 5367)"
    )
    filters = models.TextField(
        db_default="", help_text="filters of the watcher as one document (RFC 4660); empty: none"
    )
    deflate = models.BooleanField(db_default=False, help_text="the latest SUBSCRIBE takes deflated NOTIFYs")
    dormant = models.BooleanField(
        db_default=False, help_text="the latest SUBSCRIBE asks for silence (RFC 5839 section 6.4)"
    )
    news_cseq = models.BigIntegerField(
        db_default=0, help_text="CSeq of the last NOTIFY with news, from which SIP-ETag is made"
    )
    full_mark = models.BigIntegerField(
        db_default=0, help_text="newest mark in rls_changes that full state was numbered for"
    )
    settled = models.BooleanField(
        default=False, help_text="the first answers of all back ends have been told (or their time is over)"
    )
    created = models.BigIntegerField(help_text="when the subscription began")
    told = models.BigIntegerField(db_default=0, help_text="when its last NOTIFY was numbered")

    class Meta:
        db_table = "rls_watchers"
        verbose_name = "watcher"
        constraints = [models.UniqueConstraint(fields=["rlsubs_did"], name="rls_watchers_did")]
        # What API and admin look for; none of it ever changes. Texts also by how they begin.
        indexes = [
            models.Index(
                fields=["watcher_username", "watcher_domain", "id"],
                opclasses=["text_pattern_ops", "text_ops", "int8_ops"],
                name="rls_watchers_user",
            ),
            models.Index(fields=["callid"], opclasses=["text_pattern_ops"], name="rls_watchers_callid"),
            models.Index(
                fields=["service_uri", "id"],
                opclasses=["text_pattern_ops", "int8_ops"],
                name="rls_watchers_service",
            ),
        ]
        # local_cseq, version, expires and everything a NOTIFY or refresh changes stay
        # out of every index, so that updates are HOT (decision 0015).

    def __str__(self) -> str:
        return f"{self.watcher_username}@{self.watcher_domain} watches {self.presentity_uri}"
