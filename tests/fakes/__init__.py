"""Stand-ins for the world outside: Telegram's Bot API."""
