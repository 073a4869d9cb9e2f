"""Narrated story videos, produced, published and improved from Dagster."""
