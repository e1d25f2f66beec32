"""Standardised pictures and the scores made of them."""
