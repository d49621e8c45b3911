"""Start the server and answer its addresses."""
