"""The notebooks run from top to bottom, are kept without outputs, say what they are about, and ask."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SMALL = 'size, steps, worlds, rounds = "64x64", 4, 12, 4'
LONGEST = 8  # lines of a cell


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_they_are_numbered():
    numbers = [int(path.stem[:2]) for path in NOTEBOOKS]
    assert numbers[0] == 1
    assert len(set(numbers)) == len(numbers)


def test_each_leads_to_the_next():
    for path, after in pairwise(NOTEBOOKS):
        assert f"]({after.name})" in nbformat.read(path, as_version=4).cells[-1].source


def test_they_hold_no_outputs(notebook):
    assert not any(cell.outputs or cell.execution_count for cell in code(notebook))


def test_they_begin_with_their_idea_in_cells_of_a_few_lines(notebook):
    assert notebook.cells[0].source.startswith("# ")
    assert max(len(cell.source.splitlines()) for cell in code(notebook)) <= LONGEST


def test_their_links_lead_somewhere(notebook):
    text = "\n".join(cell.source for cell in notebook.cells)
    for name in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / "notebooks" / name).is_file()


def test_answers_are_hidden_below_their_questions(notebook):
    kinds = ["".join(re.findall(r"Question|<details>", cell.source)) for cell in notebook.cells]
    told = [kind for kind in kinds if kind]
    assert told
    assert told == ["Question", "<details>"] * (len(told) // 2)


@pytest.mark.slow
def test_they_run(notebook, tmp_path):
    (settings,) = [cell for cell in code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    settings.source = SMALL
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert all(cell.execution_count for cell in code(notebook))
    assert "<video" in code(notebook)[-1].outputs[-1].data["text/html"]
