"""Asks an ASGI application as a client would, without a server in between."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


class Client:
    """`Client(app).get("/path", headers={…})` → httpx.Response."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def request(self, method: str, url: str, **given: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                return await client.request(method, url, **given)

        return asyncio.run(ask())

    def get(self, url: str, **given: Any) -> httpx.Response:
        return self.request("GET", url, **given)

    def head(self, url: str, **given: Any) -> httpx.Response:
        return self.request("HEAD", url, **given)

    def post(self, url: str, **given: Any) -> httpx.Response:
        return self.request("POST", url, **given)
