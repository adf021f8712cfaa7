from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rls", "0006_api_allowances"),
    ]

    operations = [
        migrations.AddField(
            model_name="watcher",
            name="event_params",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="parameters of Event in the latest SUBSCRIBE, but for its id",
            ),
        ),
    ]
