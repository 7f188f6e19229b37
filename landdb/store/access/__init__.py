"""Rows of the schema `access`: accounts, clients, mandates, agreements, sessions."""
