"""smile-coach: two minutes a day for the muscles of a smile, led by a webcam on this machine alone."""

__version__ = "0.1.0"
