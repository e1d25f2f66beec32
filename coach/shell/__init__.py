"""The edges: cameras, files, the landmarker, the window, the voice, the store, the command line."""
