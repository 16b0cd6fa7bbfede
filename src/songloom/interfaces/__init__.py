"""The only rooms that know HTTP or a terminal."""
