"""A second face of the same tasks: images, videos and models in OpenAI's shapes, below `/v1`."""
