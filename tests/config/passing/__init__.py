"""A library of the previous release goes through every migration since: see test_migrations."""
