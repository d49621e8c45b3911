"""Carry networks in and out: links, Keras code, model configurations, models of others."""
