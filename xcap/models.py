from django.db import models

from xcap.foreign_document import ForeignDocument
from xcap.refresh import PresenceRefresh
from xcap.selectors import DocumentSelector, Xui
from xcap.selectors.document import tree_name
from xcap.usages import ApplicationUsage, stored, usage_of
from xcap.version import Version
from xcap.watcher import DocumentWatcher

__all__ = ["Document", "DocumentWatcher", "ForeignDocument", "PresenceRefresh", "ServiceUri", "Version"]


def application_usages() -> list[tuple[int, str]]:
    """A function, so that an operator's application usages need no migration."""
    return [(usage.doc_type, usage.auid) for usage in stored()]


class Document(models.Model):
    """A stored XCAP document (table `xcap` of OpenSIPS and OpenXCAP), its bytes as the client sent them.

    Global documents have neither username nor domain. Write it with `xcap.store` only: that keeps the
    index of list services right and tells the running subscriptions.
    """

    username = models.TextField()
    domain = models.TextField()
    doc = models.BinaryField(verbose_name="document")
    doc_type = models.IntegerField(
        verbose_name="application usage",
        choices=application_usages,
        help_text="the number that OpenSIPS and OpenXCAP give it",
    )
    etag = models.CharField(max_length=64, help_text="entity tag without its quotes")
    source = models.IntegerField(default=0, help_text="0: integrated XCAP server")
    doc_uri = models.TextField(verbose_name="file name", default="index", help_text="path below the user")
    port = models.IntegerField(default=0, help_text="used by OpenSIPS for foreign XCAP servers only")

    class Meta:
        db_table = "xcap"
        constraints = [
            models.UniqueConstraint(
                fields=["username", "domain", "doc_type", "doc_uri"], name="xcap_document_selector"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_doc_type_display()}/{tree_name(self.owner)}/{self.doc_uri}"

    @property
    def usage(self) -> ApplicationUsage:
        """Raises LookupError for a number that no application usage of this server has."""
        usage = usage_of(self.doc_type)
        if usage is None:
            raise LookupError(f"no application usage has the number {self.doc_type}")
        return usage

    @property
    def owner(self) -> Xui | None:
        """None for a global document."""
        return Xui.of_row(self.username, self.domain)

    @property
    def selector(self) -> DocumentSelector:
        return DocumentSelector(self.usage.auid, self.owner, self.doc_uri)


class ServiceUri(models.Model):
    """A list service that an rls-services document defines.

    Unique across all users (RFC 4826 section 4.4.5), which makes the look-up of a list one
    index access.
    """

    uri = models.TextField(unique=True, help_text="canonical form (RFC 4826 section 5)")
    document = models.ForeignKey(Document, models.CASCADE, related_name="service_uris")

    class Meta:
        db_table = "xcap_service_uris"
        verbose_name = "service URI"

    def __str__(self) -> str:
        return self.uri
