"""Writes texts into pictures with fonts: which font has the letters, how lines break, outlines."""
