"""How moments are written and shown, by language, in place of what Django knows of each."""
