"""The verbs of learning: train on the library's own tags, suggest tags, find what sounds alike."""

from __future__ import annotations

from songloom.learn.similar import similar_to
from songloom.learn.suggesting import dismiss, suggest_for, suggestions_for, take
from songloom.learn.training import train

__all__ = ["dismiss", "similar_to", "suggest_for", "suggestions_for", "take", "train"]
