"""Speaks to another Songloom by its REST interface: a server whose owner names it and has a key."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx

from songloom.errors import DeadLink, NotFound, TryLater, Unauthenticated

TIMEOUT_S = 30.0
WAIT_S = 600.0
LOOK_UP_S = 0.5


class Server:
    """A Songloom at an address, as whoever holds the key."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1/",
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT_S,
        )

    def get(self, path: str) -> Any:
        """A document. Raises NotFound, Unauthenticated, DeadLink."""
        return self._asked("GET", path).json()

    def rendition(self, track: str, wish: dict[str, Any], out: Path) -> None:
        """Have a rendition made, and bring it here. Raises TryLater when it takes too long."""
        job = self._asked("POST", f"tracks/{track}/renditions", json=wish).json()["job"]
        ends_s = time.monotonic() + WAIT_S
        while job["state"] in ("queued", "running"):
            if time.monotonic() > ends_s:
                raise TryLater(f"the server has not made it within {WAIT_S:.0f} s")
            time.sleep(LOOK_UP_S)
            job = self.get(f"jobs/{job['id']}")
        if job["state"] != "done":
            raise DeadLink((job["error"] or {}).get("message") or f"the job is {job['state']}")
        made = job["result"]["rendition_id"]
        with self._http.stream("GET", f"tracks/{track}/renditions/{made}/file") as answer:
            _checked(answer)
            with out.open("wb") as file:
                for piece in answer.iter_bytes():
                    file.write(piece)

    def close(self) -> None:
        self._http.close()

    def _asked(self, method: str, path: str, **how: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **how)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise DeadLink(f"this server does not answer ({type(exc).__name__})") from None
        return _checked(answer)


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.status_code == 404:
        raise NotFound("the server has no such track")
    if answer.status_code in (401, 403):
        raise Unauthenticated("the server does not accept this key")
    if not answer.is_success:
        raise DeadLink(f"the server answers with {answer.status_code}")
    return answer
