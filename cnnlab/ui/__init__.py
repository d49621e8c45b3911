"""Hold everything Streamlit: shell, shared state, controls and components."""
