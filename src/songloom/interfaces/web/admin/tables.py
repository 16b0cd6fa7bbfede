"""What all tables share: numbers instead of long menus, and rows that only machines write."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import ForeignKey, Model
from django.http import HttpRequest


class Table(ModelAdmin[Any]):
    """A table that administrators may change. Relations are ids: no menu of 100,000 songs."""

    list_per_page = 50
    show_full_result_count = False

    def __init__(self, model: type[Model], site: Any) -> None:
        relations = [f.name for f in model._meta.get_fields() if isinstance(f, ForeignKey)]
        self.raw_id_fields = tuple(relations)  # type: ignore[misc]
        super().__init__(model, site)


class Kept(Table):
    """Rows that can be changed here but are added and deleted elsewhere, with their bytes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Seen(Kept):
    """Rows that only machines write: to be looked at."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
