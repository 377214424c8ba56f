"""The server of stable-diffusion.cpp, for CPUs and small GPUs."""
