from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rls", "0008_runtime_settings")]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["slice"], name="rls_changes_slice"),
        ),
    ]
