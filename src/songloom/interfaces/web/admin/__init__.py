"""Django's own tables for administrators: every model, in the reader's language."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from songloom.interfaces.web.admin import library, rooms

__all__ = ["library", "rooms"]

admin.site.site_header = "Songloom 织音"
admin.site.site_title = "Songloom 织音"
admin.site.index_title = _("Every table")
