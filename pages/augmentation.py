"""Show what the augmentation settings do to a picture, exactly."""

from cnnlab.ui.augment.lab import augmentation_lab
from cnnlab.ui.parts import frame

frame.page("Augmentation", "What do my settings do to the images, exactly?")
augmentation_lab()
