"""The catalogue in MongoDB, through pymongo (extra `[mongo]`): one document a track, string ids.

connecting  the address, the database, what may go wrong on the way
documents   tracks → documents
pushing     the library → MongoDB
pulling     MongoDB → the library
mapping     documents of other shapes, by a TOML file
sound       bytes in GridFS
"""

from songloom.library.exchange.mongo.connecting import database
from songloom.library.exchange.mongo.mapping import Mapping, read_mapping
from songloom.library.exchange.mongo.outcomes import Exchanged
from songloom.library.exchange.mongo.pulling import pull
from songloom.library.exchange.mongo.pushing import push
from songloom.library.exchange.mongo.syncing import sync

__all__ = ["Exchanged", "Mapping", "database", "pull", "push", "read_mapping", "sync"]
