"""Write an exercise and give it out to a class."""

from cnnlab.ui.classroom.give.page import exercises
from cnnlab.ui.classroom.give.place import is_writing
from cnnlab.ui.parts import frame

frame.page("Exercises", "What will your students find out by themselves?", strip=is_writing())
exercises()
