"""The table of earlier states of documents."""

from django.db import models

from xcap.selectors import DocumentSelector, Xui
from xcap.selectors.document import tree_name
from xcap.usages import usage_of


class Version(models.Model):
    """A state in which a document was stored; `doc` None says that it was deleted.

    It names its document by the selector, so that the history outlives a deletion.
    """

    username = models.TextField()
    domain = models.TextField()
    doc_type = models.IntegerField(verbose_name="application usage")
    doc_uri = models.TextField(verbose_name="file name")
    doc = models.BinaryField(null=True, verbose_name="document")
    etag = models.CharField(max_length=64)
    author = models.TextField(blank=True, help_text="who wrote it and how; empty if nobody said so")
    written = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "xcap_versions"
        verbose_name = "version"
        indexes = [
            models.Index(
                fields=["username", "domain", "doc_type", "doc_uri", "id"], name="xcap_versions_newest"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.pk} of {self.name}"

    @property
    def name(self) -> str:
        """The document as the admin calls it."""
        usage = usage_of(self.doc_type)
        auid = usage.auid if usage else self.doc_type
        return f"{auid}/{tree_name(self.owner)}/{self.doc_uri}"

    @property
    def owner(self) -> Xui | None:
        return Xui.of_row(self.username, self.domain)

    @property
    def selector(self) -> DocumentSelector | None:
        """None for an application usage that this server no longer has."""
        usage = usage_of(self.doc_type)
        return DocumentSelector(usage.auid, self.owner, self.doc_uri) if usage else None
