"""The one-time link by which whoever started the server becomes its first administrator.

`songloom up` prints `<address>/setup/<token>`. Only a hash of the token is kept, in the home with
mode 0600; a new start makes a new link, and the first administrator ends it for good.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings

from songloom.errors import NotAllowed
from songloom.library.models import User
from songloom.library.services.people import add_user, has_admin
from songloom.library.turns import in_turn


def issue_token() -> str | None:
    """A new token, which replaces the last one; None once there is an administrator."""
    if has_admin():
        _kept().unlink(missing_ok=True)
        return None
    token = secrets.token_urlsafe(24)
    draft = _kept().with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(_sha256(token))
    draft.rename(_kept())
    return token


def opens(token: str) -> bool:
    """Whether this token may create the first administrator now."""
    try:
        kept = _kept().read_text()
    except OSError:
        return False
    return hmac.compare_digest(kept.encode(), _sha256(token).encode()) and not has_admin()


def create_first_admin(token: str, name: str, password: str) -> User:
    """The first administrator. Raises NotAllowed for a used or wrong token, BadValue otherwise."""
    with in_turn("first administrator"):
        if not opens(token):
            raise NotAllowed("this link was used, or is not the latest; restart to get a new one")
        user = add_user(name, password, is_admin=True)
    _kept().unlink(missing_ok=True)
    return user


def _kept() -> Path:
    return Path(settings.HOME) / "setup_token"


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
