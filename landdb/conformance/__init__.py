"""Invented cadastral fabrics with planted faults, and the score of any tool that looks for them."""
