"""Fetches one address: checked at every hop, counted, timed, resumed where the server can."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx

from songloom.core.audio.sniff import looks_like_html
from songloom.errors import BadUrl, DeadLink, TooLarge, WebPage
from songloom.fetch import content
from songloom.fetch.addresses import networks
from songloom.fetch.transport import PinnedTransport
from songloom.fetch.urls import check_url
from songloom.fetch.wire import CONNECT_S, READ_S, Clock, Pinned, Resolve, resolve

MOST_HOPS = 5
MOST_RESUMES = 3
WHOLE_S = 600.0
LARGEST_BYTES = 600_000_000
REDIRECTS = (301, 302, 303, 307, 308)
HEADERS = {
    "User-Agent": "Songloom",
    "Accept": "audio/*, application/ogg, application/octet-stream;q=0.9, */*;q=0.5",
    "Accept-Encoding": "identity",
}


@dataclass
class Answer:
    """What a server answers. Its body can be read once."""

    url: str  # after the redirects
    file_name: str
    media_type: str
    size_bytes: int | None  # as the server says it; what comes is counted
    _pieces: Iterator[bytes] = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        """The body. Raises TooLarge, WebPage, DeadLink, and what `check` raises."""
        return self._pieces


@contextmanager
def fetching(
    url: str,
    *,
    largest_bytes: int = LARGEST_BYTES,
    whole_s: float = WHOLE_S,
    allow: Iterable[str] = (),
    check: Callable[[], None] = lambda: None,
    resolver: Resolve = resolve,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Answer]:
    """Ask for `url` and hand out the answer; the connection is closed after the block.

    largest_bytes  of the body, decompressed
    whole_s        for everything together
    allow          private networks that may be reached
    check          called often; whatever it raises ends the fetching
    resolver, tls  in place of the system's
    Raises BadUrl, ForbiddenAddress, DeadLink, TooLarge.
    """
    clock = Clock(whole_s, check)
    allowed = tuple(allow)
    backend = Pinned(clock, networks(allowed), resolver)
    transport = PinnedTransport(backend, tls or httpx.create_ssl_context(trust_env=False))
    timeout = httpx.Timeout(READ_S, connect=CONNECT_S)
    with httpx.Client(
        transport=transport, timeout=timeout, headers=HEADERS, trust_env=False
    ) as client:
        source = _Source(client, check_url(url, allow=allowed), allowed, largest_bytes)
        response = source.open()
        try:
            yield Answer(
                url=source.url,
                file_name=content.file_name(response.headers, source.url),
                media_type=response.headers.get("content-type", "").partition(";")[0].lower(),
                size_bytes=_announced(response.headers),
                _pieces=source.body(response),
            )
        finally:
            source.close()


@dataclass
class _Source:
    """One address being read, through redirects and interruptions."""

    client: httpx.Client
    url: str
    allowed: tuple[str, ...]
    largest_bytes: int
    _open: httpx.Response | None = None

    def open(self) -> httpx.Response:
        """Ask, following redirects; `url` is then where they led."""
        for _ in range(MOST_HOPS + 1):
            response = self._ask({})
            if response.status_code not in REDIRECTS:
                return self._accepted(response)
            target = response.headers.get("location", "")
            response.close()
            if not target:
                raise DeadLink(f"the server answers {response.status_code} and names no address")
            self.url = check_url(urljoin(self.url, target), allow=self.allowed)
        raise BadUrl(f"redirects more than {MOST_HOPS} times")

    def _ask(self, headers: dict[str, str]) -> httpx.Response:
        with _as_dead_link():
            request = self.client.build_request("GET", self.url, headers=headers)
            self._open = self.client.send(request, stream=True, follow_redirects=False)
        return self._open

    def _accepted(self, response: httpx.Response) -> httpx.Response:
        if response.status_code != 200:
            raise DeadLink(f"the server answers {response.status_code}")
        self._refuse_size(_announced(response.headers) or 0)
        return response

    def _refuse_size(self, size_bytes: int) -> None:
        if size_bytes > self.largest_bytes:
            raise TooLarge(
                f"has {size_bytes / 1e6:.1f} MB or more; "
                f"the largest allowed is {self.largest_bytes / 1e6:g} MB"
            )

    def body(self, response: httpx.Response) -> Iterator[bytes]:
        """The decoded body, counted."""
        coding = response.headers.get("content-encoding", "")
        size_bytes = 0
        for piece in content.decoded(self._raw(response), coding):
            if not piece:
                continue
            if size_bytes == 0 and looks_like_html(piece[:4096]):
                raise WebPage("this address leads to a web page, not audio")
            size_bytes += len(piece)
            self._refuse_size(size_bytes)
            yield piece
        if size_bytes == 0:
            raise DeadLink("the server answers with nothing")

    def _raw(self, response: httpx.Response) -> Iterator[bytes]:
        """The body as it is sent; after an interruption the rest is asked for by its range."""
        at, first = 0, response
        for attempt in range(MOST_RESUMES + 1):
            try:
                for chunk in response.iter_raw():
                    at += len(chunk)
                    yield chunk
                return
            except httpx.TransportError as exc:
                whole = _announced(first.headers)
                if attempt == MOST_RESUMES or not _can_resume(first.headers):
                    raise _interrupted(at, whole) from exc
                response = self._rest(first, at)
        raise AssertionError("the last attempt returns or raises")

    def _rest(self, first: httpx.Response, at: int) -> httpx.Response:
        validator = first.headers.get("etag") or first.headers["last-modified"]
        first.close()
        if self._open is not None:
            self._open.close()
        response = self._ask({"Range": f"bytes={at}-", "If-Range": validator})
        if response.status_code != 206 or (content.part_of(response.headers) or (-1,))[0] != at:
            raise _interrupted(at, _announced(first.headers))
        return response

    def close(self) -> None:
        if self._open is not None:
            self._open.close()


def _announced(headers: httpx.Headers) -> int | None:
    said = headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def _can_resume(headers: httpx.Headers) -> bool:
    """Only when the server offers ranges and can say that the file is still the same."""
    etag = headers.get("etag", "")
    is_strong = etag and not etag.startswith("W/")
    offers = headers.get("accept-ranges", "").strip().lower() == "bytes"
    return bool(offers and (is_strong or headers.get("last-modified")))


def _interrupted(at: int, whole: int | None) -> DeadLink:
    of = f" of {whole:,}" if whole is not None else ""
    return DeadLink(f"the connection ended after {at:,}{of} bytes")


@contextmanager
def _as_dead_link() -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as exc:
        raise DeadLink(f"the server does not answer within {READ_S:.0f} s") from exc
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise DeadLink("the server cannot be reached, or answers what is no HTTP") from exc
