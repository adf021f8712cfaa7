from django.db import models

from rls.domain import digest


class Subscriber(models.Model):
    """A user who may authenticate by Digest, over HTTP (XCAP) and SIP alike.

    Only HA1 values are stored, one per algorithm (RFC 7616 section 3.4.2).
    """

    username = models.TextField()
    domain = models.TextField(help_text="SIP domain, which is also the Digest realm")
    ha1_md5 = models.CharField(max_length=32)
    ha1_sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "rls_subscribers"
        constraints = [models.UniqueConstraint(fields=["username", "domain"], name="rls_subscribers_user")]

    def __str__(self) -> str:
        return f"{self.username}@{self.domain}"

    def set_password(self, password: str) -> None:
        self.ha1_md5 = digest.ha1("MD5", self.username, self.domain, password)
        self.ha1_sha256 = digest.ha1("SHA-256", self.username, self.domain, password)
