from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rls", "0012_any_accept"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="presentity",
            index=models.Index(
                condition=models.Q(("be_code__gte", 300)), fields=["watcher"], name="rls_presentity_failing"
            ),
        ),
    ]
