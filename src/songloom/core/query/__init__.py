"""What people write: prompts, search words and filters, read without a database."""
