"""Small tools that no subject owns."""
