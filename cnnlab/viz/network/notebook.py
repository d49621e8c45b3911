"""Write a network as a Jupyter notebook that rebuilds it and prints its summary."""

from cnnlab.core.augment import AnyAugmentation
from cnnlab.core.augment.code import as_keras_layers
from cnnlab.core.exchange.keras_code import load_code, model_code
from cnnlab.core.network import Network
from cnnlab.core.network.layers import SEEN
from cnnlab.core.shapes import trace
from cnnlab.core.teach.brief import describe_shape
from cnnlab.core.words import plain


def note(text: str) -> str:
    """Return a notebook as JSON that holds nothing but a sentence."""
    from nbformat import v4  # as below

    return v4.writes(v4.new_notebook(cells=[v4.new_markdown_cell(text, id="note")]))


def notebook(network: Network, *, weights_file: str | None = None, augmentation: AnyAugmentation | None = None) -> str:
    """Return the notebook as JSON (nbformat 4.5), the same text for the same network.

    With `weights_file` (a path that ends in .weights.h5) it loads those weights as well; with `augmentation` it also
    makes the layers that augment a batch. Raises `InvalidNetwork` for a network that Keras could not build.
    """
    from nbformat import v4, validate  # loads a JSON schema library: only for those who press the button

    rows = trace(network)
    table = ["| layer | output shape | parameters |", "|---|---|---:|"]
    table += [f"| {plain(row.name)} | {describe_shape(row.output_shape)} | {row.params:,} |" for row in rows]
    total = sum(row.params for row in rows)
    extra = []
    if weights_file is not None:
        extra.append(v4.new_code_cell(load_code(weights_file), id="weights"))
    if augmentation is not None and network.rank == 2:
        extra.append(v4.new_code_cell(as_keras_layers(augmentation, network.picture_shape[:2]), id="augment"))
    cells = [
        v4.new_markdown_cell(
            f"# A convolutional network\n\nExported from CNN Lab: {SEEN[network.rank]}s of "
            f"{describe_shape(network.input_shape)} "
            f"numbers, {total:,} parameters. It needs Keras 3 with any of its backends.",
            id="title",
        ),
        v4.new_code_cell("import keras", id="import"),
        v4.new_code_cell(model_code(network), id="build"),
        *extra,
        v4.new_code_cell("model.summary()", id="summary"),
        v4.new_markdown_cell("CNN Lab computed the same without Keras:\n\n" + "\n".join(table), id="compare"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    validate(made)
    return v4.writes(made)
