"""A face drawn with OpenCV."""
