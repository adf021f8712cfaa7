"""The table of what OpenSIPS has still to be told."""

from django.db import models


class PresenceRefresh(models.Model):
    """A document that a presence server follows has changed: one row for each write, until it is told."""

    class Kind(models.IntegerChoices):
        """`refresh_type` of the MI command."""

        RULES = 0, "who may watch"
        STATE = 1, "state"

    presentity = models.TextField(help_text="whose document it is, a SIP URI")
    event = models.TextField(help_text="event package")
    kind = models.IntegerField(choices=Kind.choices, help_text="what has to be looked at anew")
    written = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "xcap_refreshes"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.presentity}, {self.event}"
