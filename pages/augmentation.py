"""Show what the augmentation settings do to a picture, exactly."""

from cnnlab.ui import frame
from cnnlab.ui.augmentation import augmentation_lab

frame.page("Augmentation", "What do my settings do to the images, exactly?")
augmentation_lab()
