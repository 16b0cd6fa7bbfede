"""Say of each row of features whether it comes from a few places of the song or from all of it.

Size: one column with a default in the database; what is there was heard as a whole.
Running server: safe; old code does not name the column, the database fills it.
Back: reversible; the column is dropped. Rows of a few places then look whole: measure them again.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0006_peaks_fine"),
    ]

    operations = [
        migrations.AddField(
            model_name="features",
            name="is_coarse",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
