"""Kill the bot again and again under load, and count what was lost and what was doubled."""
