"""People who sign in, and the keys by which their programs do."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from songloom.library.ids import uuid7

LOCAL_OWNER = "local"  # owns what the command line brings in before there is any user


class User(AbstractUser):
    """A person, or the built-in local owner, who cannot sign in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=10, blank=True, default="")  # "", light, dark
    has_letter_keys = models.BooleanField(_("single-letter keys"), default=True)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    @property
    def is_admin(self) -> bool:
        return self.is_superuser

    @property
    def is_local(self) -> bool:
        return self.username == LOCAL_OWNER and not self.is_active


class ApiKey(models.Model):
    """A key for REST and OpenSubsonic: 128 random bits or more, shown once, kept as its SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(
        max_length=8, editable=False
    )  # its first characters, to tell keys apart
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name


class AppPassword(models.Model):
    """A password for one OpenSubsonic client: encrypted with a key that lies outside the database.

    Token sign-in (MD5 of password and salt) needs the password itself, so a hash cannot serve.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="app_passwords")
    name = models.CharField(_("name"), max_length=100)
    encrypted = models.BinaryField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("app password")
        verbose_name_plural = _("app passwords")
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name
