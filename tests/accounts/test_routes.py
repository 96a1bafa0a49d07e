"""Signing in and out, as a browser meets it."""
