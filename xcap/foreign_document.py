"""The table of what foreign XCAP servers said last."""

from django.db import models


class ForeignDocument(models.Model):
    """A document that a subscribed list rests on, so that a restart needs no foreign server."""

    owner = models.IntegerField(help_text="number of the SIP worker that knows it")
    url = models.TextField()
    doc = models.BinaryField(verbose_name="document")
    etag = models.TextField(blank=True, help_text="with its quotes; empty if the server gives none")

    class Meta:
        db_table = "xcap_foreign"
        verbose_name = "foreign document"
        constraints = [models.UniqueConstraint(fields=["owner", "url"], name="xcap_foreign_url")]

    def __str__(self) -> str:
        return self.url
