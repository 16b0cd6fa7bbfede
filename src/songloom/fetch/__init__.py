"""The one guarded way out to the network.

    with fetching(url, largest_bytes=600_000_000) as answer:
        for chunk in answer.chunks(): ...

Every address is checked before it is connected to, at every redirect; see docs/adr and SECURITY.
"""

from songloom.fetch.fetching import Answer, fetching
from songloom.fetch.urls import check_url

__all__ = ["Answer", "check_url", "fetching"]
