from django.contrib.postgres.fields import ArrayField
from django.db import models


class Sample(models.Model):
    """What a SIP worker had counted since its start, every few seconds: what charts are made of."""

    at = models.DateTimeField(db_index=True)
    owner = models.IntegerField(help_text="number of the worker")
    watchers = models.IntegerField(help_text="list subscriptions it holds")
    back_ends = models.IntegerField(help_text="back-end subscriptions it holds")
    updates = models.BigIntegerField(help_text="states committed")
    notifies = models.BigIntegerField(help_text="NOTIFYs sent to watchers")
    failures = models.BigIntegerField(help_text="NOTIFYs and back-end SUBSCRIBEs that failed")
    delays = ArrayField(
        models.BigIntegerField(), help_text="NOTIFYs by their delay, a number for each bucket of rls.domain"
    )
    lag = models.FloatField(help_text="how late the last tick was, in seconds")

    class Meta:
        db_table = "rls_samples"

    def __str__(self) -> str:
        return f"worker {self.owner} at {self.at}"


class Problem(models.Model):
    """A warning or an error of a process, as its log has it too."""

    at = models.DateTimeField()
    owner = models.IntegerField(default=0, help_text="number of the SIP worker; 0: another process")
    process = models.TextField(default="", db_default="", help_text="its name, if it is no SIP worker")
    level = models.TextField()
    logger = models.TextField()
    message = models.TextField()

    class Meta:
        db_table = "rls_problems"

    def __str__(self) -> str:
        return self.message

    @property
    def source(self) -> str:
        return self.process or f"SIP worker {self.owner}"
