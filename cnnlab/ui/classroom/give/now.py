"""Take what a teacher has before them now as what students begin with."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cnnlab.core.augment import Augmentation
from cnnlab.core.classroom.drafts.draft import Draft, DraftStep
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.lessons.lesson import FIRST_PICTURE, TRAINING, Go
from cnnlab.core.pictures.gallery import pictures
from cnnlab.core.pictures.reference import FromGallery, FromPattern
from cnnlab.core.sequences.loading import is_made
from cnnlab.core.shapes import layer_names
from cnnlab.runs.record.settings import ASKED
from cnnlab.runs.store.trained import shipped
from cnnlab.ui.inside.models import plain_models
from cnnlab.ui.inside.weights import random_seed, resolve_choice
from cnnlab.ui.pictures.first import first_picture
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import AUGMENT, IMAGE_SIZE, LAST_PAGE
from cnnlab.ui.training.launch.fields import asked_settings


def draft_of_now() -> Draft:
    """Return a new draft that begins with what stands before the teacher."""
    mine = shared()
    trained = resolve_choice().trained
    mine_too = trained is not None and trained.key not in (*shipped(), *(each.key for each in plain_models()))
    names = layer_names(mine.network)
    selected = mine.layer.selected
    layer = "" if selected is None else names[selected]
    go = Go(
        LAST_PAGE.get(),
        picture=_picture(),
        data=mine.data.reference if _can_be_given(mine.data.reference) else "",
        weights="trained" if trained is not None and trained.key in shipped() else "" if mine_too else "random",
        layer=layer,
        channel=mine.layer.channel if layer else None,
        augment=_augment(),
        training=_training(),
    )
    asked = asked_settings()
    return Draft(
        begin=go,
        network=mine.network,
        weights_run=trained.key if mine_too and trained is not None else "",
        seed=asked["seed"] or random_seed(),
        steps=(DraftStep(go=Go(LAST_PAGE.get(), layer=layer)),),
    )


def taken_anew(draft: Draft) -> Draft:
    """Return a draft that begins with what stands before the teacher now, with the steps that it has."""
    now = draft_of_now()
    return replace(draft, begin=now.begin, network=now.network, weights_run=now.weights_run, seed=now.seed)


def left_out() -> Iterator[str]:
    """Yield in a sentence each what of the teacher's own cannot be given to others."""
    mine = shared()
    if not _picture():
        yield "Your picture stays yours: students begin with theirs. Choose one of the gallery to give it out."
    if not _can_be_given(mine.data.reference):
        yield "Your data set stays yours: students begin with theirs. Choose one that comes with CNN Lab to give out."
    trained = resolve_choice().trained
    if trained is not None and trained.key in {each.key for each in plain_models()}:
        yield "The weights of your model stay yours: students begin with random ones."


def _can_be_given(data: str) -> bool:
    """Tell whether students have a data set too: it comes with CNN Lab, or is made from its settings."""
    return data in SETS or is_made(data)


def _picture() -> str:
    reference = shared().picture.reference
    match reference:
        case FromGallery(file=file):
            return file
        case FromPattern(name=name):
            return name
        case None if shared().picture.held is None:
            return pictures()[0].file  # with which the pages begin
    return FIRST_PICTURE if reference == first_picture().reference else ""


def _augment() -> dict[str, Any]:
    now = shared().augment.augmentation
    if not isinstance(now, Augmentation) or now == Augmentation.post():
        return {}
    return {name: value for name, value in now.to_dict().items() if value is not None}


def _training() -> dict[str, Any]:
    """Return the settings of the form that are not what it begins with; the seed is the exercise's own."""
    asked = asked_settings()
    found = {
        setting.name: asked[setting.name]
        for setting in ASKED
        if setting.belongs_to(asked["optimizer"]) and asked[setting.name] != setting.offered and setting.name != "seed"
    }
    if (size := IMAGE_SIZE.get()) is not None:
        found["image_size"] = size
    if not AUGMENT.get():
        found["augment"] = False
    return {name: value for name, value in found.items() if type(value) is TRAINING.get(name)}
