"""How it has been: a person's own days as a picture, and the same in words. See docs/look.md."""
