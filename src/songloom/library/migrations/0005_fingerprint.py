"""Keep the fingerprint of each recording, so that what lies in the library twice can be shown.

Size: a new, empty table; 4.3 kB a track are added as tracks are measured again by features version 4.
Running server: safe; old code neither names nor needs it.
Back: reversible; the table is dropped, nothing else speaks of it.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0004_sound_hash"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fingerprint",
            fields=[
                (
                    "track",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="fingerprint",
                        serialize=False,
                        to="library.track",
                    ),
                ),
                ("items", models.BinaryField()),
                ("keys", models.BinaryField()),
            ],
            options={
                "verbose_name": "fingerprint",
                "verbose_name_plural": "fingerprints",
            },
        ),
    ]
