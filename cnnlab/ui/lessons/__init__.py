"""Lessons in the browser: the dock that leads through the pages, and the page that lists the path."""
