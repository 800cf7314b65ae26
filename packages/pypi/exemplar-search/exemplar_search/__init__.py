"""The command exemplar, which adds search by meaning to a static site."""
