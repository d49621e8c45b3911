"""Ask the second implementation of EfficientNet-Lite0, that of its authors in PyTorch, what it calls the gallery.

    python assets/build/lite0_by_torch.py prepare pictures.npz
    PYTHONPATH=EFFICIENTNET_LITE_PYTORCH /usr/bin/python3 assets/build/lite0_by_torch.py answer pictures.npz FILE.pth

The first command runs in CNN Lab's environment, the second where there is torch, such as Debian's python3-torch, with
the unpacked wheel efficientnet-lite-pytorch 0.1.0. It writes tests/tf/trunks/lite0_by_torch.json.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIZES = (96, 160, 224)
MOST = 5


def prepare(target: Path) -> None:
    """Write the gallery's pictures at every size, as CNN Lab prepares them."""
    sys.path.insert(0, str(ROOT))
    import numpy as np

    from cnnlab.core.pictures import decode
    from cnnlab.core.pictures import prepare as prepared
    from cnnlab.core.pictures.gallery import pictures

    arrays = {
        f"{size}/{each.file}": prepared(decode(each.read(), each.file, 1 << 26).pixels, size, size)
        for each in pictures()
        for size in SIZES
    }
    np.savez(target, **arrays)


def answer(source: Path, weights: Path) -> None:
    """Write the five most probable classes of every picture, with their probabilities."""
    import numpy as np
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    found = {}
    with np.load(source) as arrays:
        for size in SIZES:
            model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=str(weights), image_size=size)
            model.eval()
            for key in arrays.files:
                if not key.startswith(f"{size}/"):
                    continue
                values = (arrays[key].astype(np.float32) - 127) / 128
                with torch.no_grad():
                    logits = model(torch.from_numpy(values.transpose(2, 0, 1)[None].copy()))
                    top = torch.softmax(logits, 1)[0].topk(MOST)
                found[key] = [[int(i), round(float(p), 5)] for p, i in zip(top.values, top.indices, strict=True)]
    told = {"made_by": f"efficientnet-lite-pytorch 0.1.0, torch {torch.__version__}", "answers": found}
    target = ROOT / "tests" / "tf" / "trunks" / "lite0_by_torch.json"
    target.write_text(json.dumps(told, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]))
    else:
        answer(Path(sys.argv[2]), Path(sys.argv[3]))
