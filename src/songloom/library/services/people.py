"""Users, their API keys and app passwords."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from songloom.errors import BadValue, Conflict
from songloom.library.ids import clean_text
from songloom.library.models import ApiKey, AppPassword, User
from songloom.library.models.users import LOCAL_OWNER


def local_owner() -> User:
    """Who owns what the command line brings in while there is no user; cannot sign in."""
    owner, is_new = User.objects.get_or_create(
        username=LOCAL_OWNER, defaults={"is_active": False, "is_superuser": False}
    )
    if is_new:
        owner.set_unusable_password()
        owner.save(update_fields=["password"])
    return owner


def command_line_user() -> User:
    """As whom a command acts: the first administrator, else the local owner."""
    admins = User.objects.filter(is_superuser=True, is_active=True).order_by("date_joined", "id")
    return admins.first() or local_owner()


def has_admin() -> bool:
    """Whether somebody can administer this library yet."""
    return User.objects.filter(is_superuser=True, is_active=True).exists()


def add_user(name: str, password: str, *, is_admin: bool = False) -> User:
    """A new user. Raises BadValue for a bad name or short password, Conflict if taken."""
    clean = clean_text(name, 150)
    if not clean or any(c.isspace() for c in clean):
        raise BadValue("a user needs a name without spaces")
    if clean.casefold() == LOCAL_OWNER:
        raise BadValue(f"the name {LOCAL_OWNER} is kept for the command line")
    user = User(username=clean, is_superuser=is_admin, is_staff=is_admin)
    set_password(user, password, save=False)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as exc:
        raise Conflict(f"there is already a user called {clean}") from exc
    return user


def set_password(user: User, password: str, *, save: bool = True) -> None:
    """Set the login password, hashed. Raises BadValue when it is too short or is no text."""
    _check_text(password)
    try:
        validate_password(password, user)
    except ValidationError as exc:
        raise BadValue(" ".join(exc.messages)) from exc
    user.set_password(password)
    if save:
        user.save(update_fields=["password"])


def make_api_key(user: User, name: str) -> tuple[str, ApiKey]:
    """A new key (shown now, never again) and its row."""
    key = f"slk_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        user=user, name=clean_text(name, 100) or "API", sha256=_sha256(key), hint=key[:8]
    )
    return key, row


def user_of_key(key: str) -> User | None:
    """Whose key this is, if it is valid."""
    row = ApiKey.objects.select_related("user").filter(sha256=_sha256(key), revoked_at=None).first()
    if row is None or not row.user.is_active:
        return None
    _touch(row)
    return row.user


def make_app_password(user: User, name: str, password: str = "") -> tuple[str, AppPassword]:
    """A password for one client: given or made; encrypted, shown now, never again.

    Raises BadValue for a given one that is too short or is no text.
    """
    _check_text(password)
    if password and len(password) < 8:
        raise BadValue(f"has {len(password)} characters; a password has at least 8")
    password = password or "-".join(secrets.token_hex(2) for _ in range(4))
    row = AppPassword.objects.create(
        user=user,
        name=clean_text(name, 100) or "app",
        encrypted=_cipher().encrypt(password.encode()),
    )
    return password, row


def user_of_app_password(username: str, password: str) -> User | None:
    """Who signs in with this name and app password in plain."""
    given = password.encode("utf-8", "surrogatepass")  # no password that was made has half a letter
    return _match(username, lambda kept: hmac.compare_digest(kept.encode(), given))


def user_of_token(username: str, token: str, salt: str) -> User | None:
    """Who signs in with this name and MD5(app password + salt), as OpenSubsonic has it."""

    def is_same(kept: str) -> bool:
        made = hashlib.md5(
            (kept + salt).encode("utf-8", "replace"), usedforsecurity=False
        ).hexdigest()
        return hmac.compare_digest(made.encode(), token.lower().encode("utf-8", "replace"))

    return _match(username, is_same)


def _match(username: str, is_same: object) -> User | None:
    rows = AppPassword.objects.select_related("user").filter(
        user__username=clean_text(username, 150), user__is_active=True, revoked_at=None
    )
    for row in rows:
        try:
            kept = _cipher().decrypt(bytes(row.encrypted)).decode()
        except InvalidToken:  # made under another secret key
            continue
        if is_same(kept):  # type: ignore[operator]
            _touch(row)
            return row.user
    return None


def _check_text(password: str) -> None:
    """Bytes that are no UTF-8 reach Python as half characters, which nobody could type again."""
    try:
        password.encode()
    except UnicodeEncodeError:
        raise BadValue("a password is text in UTF-8") from None


def revoke(row: ApiKey | AppPassword) -> None:
    """End a key or an app password."""
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])


def _touch(row: ApiKey | AppPassword) -> None:
    """Note the use, at most once a minute: reading must not turn into writing."""
    now = timezone.now()
    if row.last_used_at is None or (now - row.last_used_at).total_seconds() > 60:
        type(row).objects.filter(pk=row.pk).update(last_used_at=now)


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _cipher() -> Fernet:
    digest = hashlib.sha256(b"app passwords\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
