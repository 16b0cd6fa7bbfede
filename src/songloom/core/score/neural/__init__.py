"""The melody model: how it is trained (Keras) and how it writes tunes (numpy alone)."""
