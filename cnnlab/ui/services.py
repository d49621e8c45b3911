"""Open, once a server, what all visitors share: settings, run store, engine, inference process, uploads."""

import streamlit as st

from cnnlab.core.library import Library
from cnnlab.core.settings import Settings
from cnnlab.runs.importer import ModelImporter
from cnnlab.runs.inference import InferenceClient
from cnnlab.runs.jobs import Jobs
from cnnlab.runs.local import LocalEngine
from cnnlab.runs.ray_engine import RayEngine
from cnnlab.runs.reader import PictureReader
from cnnlab.runs.store import Store


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """Return the server's settings, read from the environment at the first call."""
    return Settings.from_env()


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """Return the store of training runs."""
    return Store(settings().home)


@st.cache_resource(show_spinner=False)
def engine() -> LocalEngine:
    """Return the engine that trains."""
    return (RayEngine if settings().engine == "ray" else LocalEngine)(settings(), store())


@st.cache_resource(show_spinner=False)
def inference() -> InferenceClient:
    """Return the client of the process that computes feature maps; the process starts with the first request."""
    return InferenceClient(settings())


@st.cache_resource(show_spinner=False)
def reader() -> PictureReader:
    """Return the client of the process that decodes uploaded pictures."""
    return PictureReader(settings())


@st.cache_resource(show_spinner=False)
def importer() -> ModelImporter:
    """Return the client of the process that opens other people's models; it starts with the first of them."""
    return ModelImporter(settings())


@st.cache_resource(show_spinner=False)
def library() -> Library:
    """Return the data sets that were uploaded to this server."""
    return Library(settings())


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Return the work on data sets that goes on beside the pages."""
    return Jobs()
