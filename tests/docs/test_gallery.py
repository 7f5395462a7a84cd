"""docs/gallery.md shows every figure of both configurations as they are now, and its YAML can be pasted."""

import re

import pytest
import yaml
from PIL import Image

from docs.make_gallery import DOCS, MADE_BY, PICTURES, excerpt_of_figures, gallery_page, read_captions
from nonhermitian_hartree.commands import check_config
from nonhermitian_hartree.config.configuration import load_config, parse_config

CONFIGURATIONS = [DOCS.parent / "config" / name for name in ("config.yaml", "beyond.yaml")]
FIGURES = {name: path for path in CONFIGURATIONS for name in load_config(path).figures}
PAGE = (DOCS / "gallery.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_page_is_that_of_the_configurations_as_they_are():
    assert gallery_page(CONFIGURATIONS, read_captions()) == PAGE, "run make gallery"


def test_every_figure_is_shown_once_and_no_other():
    assert sorted(re.findall(r"^!\[\w+\]\(images/gallery/(\w+)\.png\)$", PAGE, re.MULTILINE)) == sorted(FIGURES)
    assert sum(len(load_config(path).figures) for path in CONFIGURATIONS) == len(FIGURES)
    assert sorted(path.stem for path in PICTURES.iterdir()) == sorted(FIGURES)
    assert sorted(read_captions()) == sorted(FIGURES)


def test_figure_without_caption_is_named():
    captions = {name: text for name, text in read_captions().items() if name != "fig2c"}
    with pytest.raises(SystemExit, match="no sentence for fig2c"):
        gallery_page(CONFIGURATIONS, captions)


def test_pictures_are_small_and_of_the_figures_as_they_are_configured():
    for name, configuration in FIGURES.items():
        file = PICTURES / f"{name}.png"
        assert file.stat().st_size <= 25_000, name
        with Image.open(file) as picture:
            assert picture.width == 480, name
            assert picture.text[MADE_BY] == excerpt_of_figures(configuration, [name]), f"{name}: run make gallery"


def test_yaml_of_the_page_is_a_whole_configuration_that_means_the_same():
    shown = {}
    for block in BLOCKS:
        part = parse_config(yaml.safe_load(block), "gallery.md")
        whole = load_config(FIGURES[next(iter(part.figures))])
        for section in ("models", "states", "studies", "figures"):
            assert getattr(part, section).items() <= getattr(whole, section).items()
        shown |= part.figures
    assert set(shown) == set(FIGURES)


def test_yaml_of_the_page_can_be_pasted(tmp_path, capsys):
    file = tmp_path / "some.yaml"
    file.write_text(next(block for block in BLOCKS if "hopping_infidelity:" in block), encoding="utf-8")
    assert check_config.main([str(file)]) == 0
    assert capsys.readouterr().err == ""
