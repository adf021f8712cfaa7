from django.db import models


class Allowance(models.Model):
    """What somebody who uses the REST API has used of RLS_API_RATE, for all web processes.

    `used_until` runs ahead of the clock by as much time as the requests so far stand for.
    """

    who = models.TextField(primary_key=True)
    used_until = models.FloatField(help_text="Unix seconds")

    class Meta:
        db_table = "rls_api_allowances"

    def __str__(self) -> str:
        return self.who
