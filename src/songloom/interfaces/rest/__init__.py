"""REST at /api/v1: what scripts and other programs rely on."""
