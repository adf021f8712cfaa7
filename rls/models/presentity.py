from django.db import models

from rls.domain.diagnosis import diagnose


class Presentity(models.Model):
    """One back-end subscription and the state it brought (table `rls_presentity` of OpenSIPS).

    Everything that a back-end NOTIFY changes is in this row and in no index but that of failures,
    so that the update stays HOT. Times are Unix seconds.
    """

    class AuthState(models.IntegerChoices):
        """OpenSIPS rls: the back-end subscription's state as flag bits."""

        UNKNOWN = 0, "no answer yet"
        ACTIVE = 2, "active"
        PENDING = 4, "pending"
        TERMINATED = 8, "terminated"

    id = models.BigIntegerField(primary_key=True)
    rlsubs_did = models.TextField(help_text="callid;from_tag;to_tag of the list subscription")
    resource_uri = models.TextField(help_text="the resource as RLMI names it")
    content_type = models.TextField(blank=True, default="")
    presence_state = models.BinaryField(null=True, help_text="the body, untouched")
    expires = models.BigIntegerField(default=0, help_text="when the back-end subscription ends")
    updated = models.IntegerField(default=0, help_text="for OpenSIPS' tools only; see rls_changes")
    auth_state = models.IntegerField(choices=AuthState.choices, default=AuthState.UNKNOWN)
    reason = models.TextField(blank=True, default="")
    # ---- our own
    watcher = models.ForeignKey(
        "rls.Watcher", models.DO_NOTHING, db_constraint=False, related_name="presentities"
    )
    instance = models.TextField(blank=True, default="", help_text="RLMI instance id")
    position = models.IntegerField(default=0, help_text="place in the list document")
    be_callid = models.TextField()
    be_local_tag = models.TextField()
    be_remote_tag = models.TextField(blank=True, default="")
    be_target = models.TextField(blank=True, default="", help_text="remote target of the back-end dialog")
    be_route = models.TextField(blank=True, default="", help_text="route set of the back-end dialog")
    be_local_cseq = models.BigIntegerField(default=0)
    be_remote_cseq = models.BigIntegerField(default=0)
    be_request_uri = models.TextField(help_text="the URI that was subscribed to")
    be_code = models.IntegerField(default=0, help_text="final answer to the last SUBSCRIBE")
    be_etag = models.TextField(db_default="", help_text="SIP-ETag of that state (RFC 5839)")
    be_omitted = models.TextField(
        db_default="", help_text="what it is not asked any more since it refused that: types or filters"
    )
    changed = models.BigIntegerField(db_default=0, help_text="when the back end last said something new")

    class Meta:
        db_table = "rls_presentity"
        verbose_name = "resource"
        # Who watches a resource; the URI never changes. Failing ones are few, and seldom others (0015).
        indexes = [
            models.Index(
                fields=["resource_uri"], opclasses=["text_pattern_ops"], name="rls_presentity_resource"
            ),
            models.Index(
                fields=["watcher"], condition=models.Q(be_code__gte=300), name="rls_presentity_failing"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rlsubs_did", "resource_uri", "instance"], name="rls_presentity_instance"
            )
        ]

    def __str__(self) -> str:
        return self.resource_uri

    @property
    def ends(self) -> int:
        """When the back-end subscription ends; 0 if there is none."""
        return self.expires if self.be_callid else 0

    @property
    def next_try(self) -> int:
        """When it is tried again; 0: there is one, or it is not tried by itself."""
        return 0 if self.be_callid else self.expires

    @property
    def why(self) -> str:
        """What the back end said last, in a sentence."""
        state = "" if self.auth_state == self.AuthState.UNKNOWN else self.get_auth_state_display()
        return diagnose(state, self.reason, self.be_code, told=self.presence_state is not None)
