"""The workshop: what ``befriend flows`` offers to those who write flows. One module a command."""
