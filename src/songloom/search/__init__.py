"""Answers what a user asks, in words and filters."""
