"""Article → suggestions: what the machine believes an article names, and why."""
