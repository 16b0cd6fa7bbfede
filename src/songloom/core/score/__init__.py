"""Symbolic music: from a request to notes, MIDI bytes and sound."""
