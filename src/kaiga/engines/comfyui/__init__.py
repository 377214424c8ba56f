"""ComfyUI over HTTP: a workflow of the operator's own for each model."""
