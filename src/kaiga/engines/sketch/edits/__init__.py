"""Changes given pictures by rules: recolours, relights, repaints, fills, extends and enlarges."""
