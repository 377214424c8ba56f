"""What the makers of clips from given people and clips share: cut-outs, warps, plates, delivery."""
