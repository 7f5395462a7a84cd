"""Write docs/gallery.md and its pictures: every figure of configurations that are built, and its YAML.

    python -m docs.make_gallery config/config.yaml config/beyond.yaml        or: make gallery

The sentence below a picture is in gallery_captions.yaml.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from docs.config_excerpt import excerpt_config
from nonhermitian_hartree.config.configuration import Config, load_config
from nonhermitian_hartree.config.reading import read_yaml
from nonhermitian_hartree.storage.atomic_write import replace_atomically

DOCS = Path(__file__).parent
PICTURES = DOCS / "images" / "gallery"
CAPTIONS = DOCS / "gallery_captions.yaml"
PAGE = DOCS / "gallery.md"
MADE_BY = "Configuration"  # keyword of the text in a picture that holds the YAML of its figure

INTRODUCTION = """\
# Gallery

Every figure of the two configurations, and the YAML that makes it. Each piece of YAML is a whole configuration:
pasted into `some.yaml`, it draws the figures above it by `make CONFIG=some.yaml`, which ends with the verdict on
Hartree for their states. `make gallery` builds both configurations and writes this page.
"""

_WIDTH = 480  # pixels
_COLORS = 64


def gallery_page(configurations: list[Path], captions: Mapping[str, str]) -> str:
    """Return the page: for each configuration, the figures that show the same studies, then their YAML."""
    parts = [INTRODUCTION]
    for path in configurations:
        parts.append(f"## [{path.parent.name}/{path.name}](../{path.parent.name}/{path.name})\n")
        config = load_config(path)
        if uncaptioned := config.figures.keys() - captions.keys():
            raise SystemExit(f"{CAPTIONS.name} has no sentence for {', '.join(sorted(uncaptioned))}: add it there")
        for studies, figures in group_figures(config).items():
            parts.append(f"### {', '.join(studies)}\n")
            parts += [
                f"![{name}](images/gallery/{name}.png)\n\n**{name}**: {captions[name]}\n" for name in figures
            ]
            parts.append(f"```yaml\n{excerpt_of_figures(path, figures)}```\n")
    return "\n".join(parts)


def read_captions() -> Mapping[str, str]:
    """Return the sentence below the picture of each figure, by its name."""
    captions = read_yaml(CAPTIONS)
    assert isinstance(captions, dict)
    return captions


def group_figures(config: Config) -> dict[tuple[str, ...], list[str]]:
    """Return the figures that show the same studies, by the names of these, in the order of the configuration."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, figure in config.figures.items():
        studies = tuple(dict.fromkeys(study for study, _ in figure.tables.values()))
        groups.setdefault(studies, []).append(name)
    return groups


def excerpt_of_figures(path: Path, figures: list[str]) -> str:
    """Return the YAML of some figures of a configuration file."""
    return excerpt_config(load_config(path), path.read_text(encoding="utf-8"), figures)


def shrink_picture(picture: Path, yaml: str) -> bytes:
    """Return a PNG small enough for a page, with few colours, that carries the YAML of its figure."""
    with Image.open(picture) as image:
        height = round(image.height * _WIDTH / image.width)
        small = image.convert("RGB").resize((_WIDTH, height), Image.Resampling.LANCZOS)
    # The default method, by median cut, would mix up the colours of thin lines.
    palette = small.quantize(_COLORS, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    about = PngInfo()
    about.add_itxt(MADE_BY, yaml, zip=True)
    buffer = BytesIO()
    palette.save(buffer, "png", optimize=True, pnginfo=about)
    return buffer.getvalue()


def main(arguments: list[str]) -> None:
    """Write the pictures of all figures from results/, and the page."""
    configurations = [Path(argument) for argument in arguments]
    page = gallery_page(configurations, read_captions())
    pictures = {}
    for path in configurations:
        config = load_config(path)
        for name in config.figures:
            source = Path("results", config.name, "figures", f"{name}.png")
            pictures[PICTURES / f"{name}.png"] = shrink_picture(source, excerpt_of_figures(path, [name]))
    for old in set(PICTURES.glob("*.png")) - set(pictures):
        old.unlink()
    for target, content in {**pictures, PAGE: page.encode()}.items():
        with replace_atomically(target) as temporary:
            temporary.write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
