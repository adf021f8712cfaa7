import hashlib
import secrets
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from rls.models.subscriber import Subscriber


class AccessToken(models.Model):
    """A token for programs that speak HTTP (Bearer, RFC 6750); only its hash is stored.

    It belongs to a subscriber, or to an operator and is then for the REST API only.
    """

    subscriber = models.ForeignKey(
        Subscriber, models.CASCADE, null=True, blank=True, related_name="access_tokens"
    )
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="access_tokens",
        help_text="instead of a subscriber: a user of the admin, with the same permissions",
    )
    read_only = models.BooleanField(
        db_default=False, default=False, help_text="good for reading, not for writing"
    )
    label = models.CharField(max_length=100, blank=True, help_text="what it is for")
    sha256 = models.CharField(max_length=64, unique=True, help_text="hash of the token, in hex")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True, blank=True, help_text="empty: never")

    class Meta:
        db_table = "rls_access_tokens"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subscriber=None) ^ models.Q(operator=None),
                name="rls_access_tokens_one_owner",
                violation_error_message="A token belongs to a subscriber or to an operator.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label or 'token'} of {self.owner}"

    @property
    def owner(self) -> Subscriber | User:
        owner = self.subscriber or self.operator
        assert owner is not None
        return owner

    @classmethod
    def issue(
        cls,
        owner: Subscriber | User,
        label: str = "",
        expires: datetime | None = None,
        *,
        read_only: bool = False,
    ) -> tuple[Self, str]:
        """A new token and its text, which cannot be had again."""
        text = secrets.token_urlsafe(32)
        whose = "subscriber" if isinstance(owner, Subscriber) else "operator"
        token = cls(label=label, expires=expires, read_only=read_only, sha256=_hash(text), **{whose: owner})
        token.save()
        return token, text

    @classmethod
    def find(cls, text: str) -> Self | None:
        """The token with this text, None if there is none or it has expired."""
        alive = models.Q(expires=None) | models.Q(expires__gt=timezone.now())
        return cls.objects.select_related("subscriber", "operator").filter(alive, sha256=_hash(text)).first()


def _hash(text: str) -> str:
    # The text is random, so that a slow hash would protect nothing.
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
