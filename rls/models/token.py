import hashlib
import secrets
from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone

from rls.models.subscriber import Subscriber


class AccessToken(models.Model):
    """A subscriber's token for programs that speak HTTP (Bearer, RFC 6750); only its hash is stored."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="access_tokens")
    label = models.CharField(max_length=100, blank=True, help_text="what it is for")
    sha256 = models.CharField(max_length=64, unique=True, help_text="hash of the token, in hex")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True, blank=True, help_text="empty: never")

    class Meta:
        db_table = "rls_access_tokens"

    def __str__(self) -> str:
        return f"{self.label or 'token'} of {self.subscriber}"

    @classmethod
    def issue(
        cls, subscriber: Subscriber, label: str = "", expires: datetime | None = None
    ) -> tuple[Self, str]:
        """A new token and its text, which cannot be had again."""
        text = secrets.token_urlsafe(32)
        return cls.objects.create(
            subscriber=subscriber, label=label, expires=expires, sha256=_hash(text)
        ), text

    @classmethod
    def find(cls, text: str) -> Self | None:
        """The token with this text, None if there is none or it has expired."""
        alive = models.Q(expires=None) | models.Q(expires__gt=timezone.now())
        return cls.objects.select_related("subscriber").filter(alive, sha256=_hash(text)).first()


def _hash(text: str) -> str:
    # The text is random, so that a slow hash would protect nothing.
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
