"""The only package that talks to PostGIS."""
