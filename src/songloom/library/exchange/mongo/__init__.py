"""The catalogue in MongoDB, through pymongo (extra `[mongo]`): one document a track.

connecting   the address, the database, what may go wrong on the way
"""
