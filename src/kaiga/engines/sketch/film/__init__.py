"""Clips: pictures set in motion, read and written through a separate ffmpeg process."""
