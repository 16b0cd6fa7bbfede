"""Keep the outline of a wave from near, beside the one that shows all of it.

Size: one column that may be null; nothing is read or computed. Songs get theirs when the next
features version measures them; about 20 bytes a second, 24,000 at most.
Running server: safe; old code does not name the column, it stays null.
Back: reversible; the column is dropped, waveforms are then drawn from the coarse outline alone.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0005_fingerprint"),
    ]

    operations = [
        migrations.AddField(
            model_name="features",
            name="peaks_fine",
            field=models.BinaryField(null=True),
        ),
    ]
