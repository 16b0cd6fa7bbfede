"""The address of a storage, as a setting spells it.

    s3://[KEY:SECRET@]BUCKET[/PREFIX][?endpoint=URL&public=URL&region=NAME&style=path|virtual]

endpoint  where the server answers; without it, Amazon
public    where listeners reach the same server, if that is another address
style     `path` (usual with an endpoint) or `virtual` (the bucket is a part of the host name)
Without KEY and SECRET the usual AWS variables, files and roles are asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from songloom.errors import BadValue

KNOWN = ("endpoint", "public", "region", "style")
STYLES = ("path", "virtual")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
SHAPE = "s3://bucket?endpoint=https://host"


@dataclass(frozen=True)
class Address:
    """Where an S3 storage is, and how it is asked."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    public: str = ""
    region: str = ""
    style: str = "virtual"
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Without key and secret."""
        return "/".join(part for part in (f"s3://{self.bucket}", self.prefix) if part)


def parse(url: str) -> Address:
    """Raises BadValue that says what is wrong, and never repeats the secret."""
    try:
        parts = urlsplit(url)
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise BadValue(f"this is no address of a storage; one looks like {SHAPE}") from None
    if parts.scheme != "s3":
        raise BadValue(f"only {SHAPE} is known, not {parts.scheme or 'an empty scheme'}:")
    bucket = parts.netloc.rpartition("@")[2]
    if not BUCKET.fullmatch(bucket):
        raise BadValue(f"{bucket[:63]!r} is no name of a bucket (3 to 63 of a-z 0-9 . -)")
    if unknown := [name for name, _ in given if name not in KNOWN]:
        raise BadValue(f"{unknown[0][:40]!r} is not known here; {', '.join(KNOWN)} are")
    wishes = dict(given)
    endpoint = _endpoint(wishes, "endpoint")
    return Address(
        bucket=bucket,
        prefix=unquote(parts.path).strip("/"),
        endpoint=endpoint,
        public=_endpoint(wishes, "public") or endpoint,
        region=wishes.get("region", ""),
        style=_style(wishes.get("style", "path" if endpoint else "virtual")),
        **_credentials(parts.username, parts.password),
    )


def _endpoint(wishes: dict[str, str], name: str) -> str:
    url = wishes.get(name, "").rstrip("/")
    if url and not re.fullmatch(r"https?://[^/?#@\s]+", url):
        raise BadValue(f"{name} takes https://host or http://host:port")
    return url


def _style(style: str) -> str:
    if style not in STYLES:
        raise BadValue(f"style is {style[:40]!r}; it takes {' or '.join(STYLES)}")
    return style


def _credentials(key: str | None, secret: str | None) -> dict[str, str]:
    if bool(key) != bool(secret):
        raise BadValue("a key needs its secret: s3://KEY:SECRET@bucket")
    return {"key": unquote(key or ""), "secret": unquote(secret or "")}
