"""The same six-step dialog, written as each framework's own documentation would have it."""
