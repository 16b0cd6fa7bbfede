"""OpenSubsonic at /rest/: what phones and players expect of a music server."""
