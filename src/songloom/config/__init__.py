"""Wires settings, URLs, server and worker; the only place that reads the environment."""
