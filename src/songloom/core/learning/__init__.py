"""Learning from features: a track as a vector, its neighbours, and what a tag sounds like."""
