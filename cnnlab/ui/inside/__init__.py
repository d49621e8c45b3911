"""Draw the pages that look inside: feature maps and convolution."""
