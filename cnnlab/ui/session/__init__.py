"""Keep what belongs to one visitor, and open what all share."""

from cnnlab.ui.session.session import Shared, current_picture, gallery_picture, shared, traced

__all__ = ["Shared", "current_picture", "gallery_picture", "shared", "traced"]
