"""The nouns of the library."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from songloom.interfaces.web.admin.tables import Kept, Seen, Table
from songloom.library import models


@admin.register(models.User)
class People(UserAdmin):  # type: ignore[type-arg]
    list_display = ("username", "is_superuser", "is_active", "last_login")
    list_filter = ("is_superuser", "is_active")
    search_fields = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Look and language"), {"fields": ("language", "theme", "has_letter_keys")}),
    )
    filter_horizontal = ()


@admin.register(models.Track)
class Tracks(Kept):
    list_display = ("title", "artist_text", "album", "duration_s", "is_generated", "owner")
    list_filter = ("origin", "is_generated", "is_private", "format")
    list_select_related = ("album", "owner")
    search_fields = ("title", "artist_text")
    exclude = ("genres", "cover", "duration_s", "format", "size_bytes", "sort_title")
    readonly_fields = ("artist_text", "origin", "prompt", "binned_at", "missing_at")


@admin.register(models.Artist)
class Artists(Table):
    list_display = ("name", "sort_name")
    search_fields = ("name",)


@admin.register(models.Album)
class Albums(Table):
    list_display = ("title", "artist", "date")
    list_select_related = ("artist",)
    search_fields = ("title",)


@admin.register(models.Genre)
class Genres(Table):
    search_fields = ("name",)


@admin.register(models.Credit)
class Credits(Table):
    list_display = ("track", "artist", "role", "position")
    list_filter = ("role",)
    list_select_related = ("track", "artist")


@admin.register(models.TrackTag)
class TrackTags(Table):
    list_display = ("track", "field", "value")
    list_select_related = ("track",)


@admin.register(models.Playlist)
class Playlists(Table):
    list_display = ("name", "owner", "is_public", "updated_at")
    list_select_related = ("owner",)


@admin.register(models.PlaylistEntry)
class PlaylistEntries(Table):
    list_display = ("playlist", "position", "track")
    list_select_related = ("playlist", "track")


@admin.register(models.Star)
class Stars(Table):
    list_display: tuple[str, ...] = ("user", "track", "album", "artist", "at")
    list_select_related = ("user", "track", "album", "artist")


@admin.register(models.Rating)
class Ratings(Stars):
    list_display = ("user", "stars", "track", "album", "artist", "at")


@admin.register(models.Folder)
class Folders(Kept):
    list_display = ("name", "path", "is_private", "last_scan_at")
    readonly_fields = ("path", "owner", "last_scan_at")


@admin.register(models.ApiKey)
class ApiKeys(Kept):
    list_display = ("name", "user", "hint", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    readonly_fields = ("user", "hint", "last_used_at")


@admin.register(models.AppPassword)
class AppPasswords(Kept):
    list_display = ("name", "user", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    readonly_fields = ("user", "last_used_at")


@admin.register(models.Preference)
class Preferences(Table):
    list_display = ("name", "value")


@admin.register(models.File)
class Files(Seen):
    list_display = ("original_name", "format", "size_bytes", "folder", "owner", "missing_at")
    list_select_related = ("folder", "owner")


@admin.register(models.Rendition)
class Renditions(Seen):
    list_display = ("track", "format", "bit_rate_kbps", "duration_s", "owner", "created_at")
    list_select_related = ("track", "owner")


@admin.register(models.Features)
class FeaturesSeen(Seen):
    list_display = ("track", "version", "tempo_bpm", "key", "mode", "loudness_lufs")
    list_select_related = ("track",)
    exclude = ("peaks", "peaks_fine")


@admin.register(models.Fingerprint)
class Fingerprints(Seen):
    list_display = ("track",)
    list_select_related = ("track",)
    exclude = ("items", "keys")


@admin.register(models.Cover)
class Covers(Seen):
    list_display = ("sha256", "width", "height")


@admin.register(models.LineageNode)
class LineageNodes(Seen):
    list_display = ("kind", "label", "created_at")
    list_filter = ("kind",)


@admin.register(models.LineageEdge)
class LineageEdges(Seen):
    list_display = ("parent", "child")
    list_select_related = ("parent", "child")


@admin.register(models.CatalogueEntry)
class CatalogueEntries(Seen):
    list_display = ("track", "owner")
    list_select_related = ("track", "owner")
