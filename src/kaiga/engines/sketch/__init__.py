"""The picture engine that needs nothing: it draws what it understood of a prompt, by rules.

It holds no model, reads no file outside this package, opens no connection, and says in every
picture's metadata that it is no AI model.
"""
