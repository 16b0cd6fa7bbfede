"""The words of the library, for queries that are misspelt.

Size: an empty table; making the index anew (`search.rebuild`, which a worker begins by itself) fills it.
Running server: safe, nothing reads the table before this version.
Back: reversible; the table is dropped, no other data is touched.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0002_marked")]
    operations = [
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=60, unique=True)),
                ("backwards", models.CharField(db_index=True, max_length=60)),
            ],
            options={"verbose_name": "word", "verbose_name_plural": "words"},
        ),
    ]
