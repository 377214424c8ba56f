"""The places a picture can be set in: everything behind and under the things themselves."""
