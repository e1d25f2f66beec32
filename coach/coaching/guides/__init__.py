"""Guides: what to say when, in the course of one exercise; one for each kind."""
