"""Revisions, in order; each can be undone."""
