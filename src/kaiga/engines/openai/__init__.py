"""Servers of the OpenAI shape: vLLM-Omni, SGLang Diffusion, LocalAI and others."""
