"""The creative tools: word art, posters, translation, cut-outs, garments, shoes, portraits."""
