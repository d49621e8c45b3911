"""Say which channels of its input each channel of a layer is computed from."""

from cnnlab.core.network import Layer


def keeps_channels(layer: Layer) -> bool:
    """Tell whether every channel of the output comes from the channel of the same number, and from no other."""
    kind = layer.kind
    if layer.config.get("activation") == "softmax":
        return False
    return kind.pointwise or kind.family == "pooling" or (kind.family == "reshaping" and not kind.closes)


def channel_sources(layer: Layer, channels: int, channel: int) -> range:
    """Return the input channels, of `channels`, that an output channel is computed from.

    A depthwise convolution makes `depth_multiplier` channels of each, the channels of the first input first.
    """
    if keeps_channels(layer):
        return range(channel, channel + 1)
    if "depth_multiplier" in layer.config and "filters" not in layer.config:
        source = channel // layer.config["depth_multiplier"]
        return range(source, source + 1)
    return range(channels)
