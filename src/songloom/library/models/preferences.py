"""Choices for the whole library that are made in the interfaces, not in the environment."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Preference(models.Model):
    """One choice by name, e.g. `analysis.budget`."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def read(cls, name: str, default: Any) -> Any:
        row = cls.objects.filter(name=name).first()
        return default if row is None else row.value

    @classmethod
    def write(cls, name: str, value: Any) -> None:
        cls.objects.update_or_create(name=name, defaults={"value": value})
