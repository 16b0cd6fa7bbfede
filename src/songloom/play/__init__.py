"""Decides how a track reaches a device and remembers what was heard."""
