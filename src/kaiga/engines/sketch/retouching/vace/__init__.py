"""The functions of general video editing (contract/video-models.md, 10), one module each."""
