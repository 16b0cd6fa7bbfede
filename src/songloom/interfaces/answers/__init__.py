"""What the interfaces share: errors as words, files with ranges, covers, who asks, how often."""
