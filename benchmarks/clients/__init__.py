"""Clients that no one here wrote, reading a whole province: what they get must be what is stored."""
