"""Tables of many modes: a row stays a row of a few columns, and the tables and the comparison can be read back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from nonhermitian_hartree.compare.distances import infidelity
from nonhermitian_hartree.hartree import hartree_wavefunctions
from nonhermitian_hartree.model.hamiltonian import Model
from nonhermitian_hartree.model.lattice.operators import contact, hopping, onsite
from nonhermitian_hartree.steps.comparison import compare_states
from nonhermitian_hartree.steps.exact import tabulate_exact
from nonhermitian_hartree.steps.hartree import tabulate_hartree
from nonhermitian_hartree.steps.limit import tabulate_limit
from nonhermitian_hartree.storage.columns import read_density, read_vectors
from nonhermitian_hartree.storage.parquet import read_parquet, table_columns, write_parquet
from tests.members import members_of

TIMES = (0.0, 0.25)


def test_exact_states_are_compared_as_with_few_modes(tmp_path):
    modes = 9
    model = Model(hopping(-1, [modes]) + onsite([(4, -0.5j)], modes), contact(2, modes))
    members = members_of(model, site=2)
    exact = tabulate_exact(members, (3,), TIMES, 1e-8)
    hartree = tabulate_hartree(members, TIMES)
    limit = tabulate_limit(members, TIMES, hartree)
    read = {}
    for name, table in {"exact": exact, "hartree": hartree, "limit": limit}.items():
        write_parquet(table, tmp_path / f"{name}.parquet", {})
        read[name] = table_columns(read_parquet(tmp_path / f"{name}.parquet"))
        assert len(table.column_names) < 20
    comparison = table_columns(compare_states(read["exact"], read["hartree"], read["limit"]))
    solutions = hartree_wavefunctions(model, members.items[0].state, TIMES)
    assert np.array_equal(read_vectors(read["hartree"], "phi"), solutions)
    density, solution = read_density(read["exact"])[-1:], solutions[-1]
    expected = infidelity(
        density, read["exact"]["linear_entropy"][-1:], np.outer(solution, solution.conj())[None], np.zeros(1)
    )
    assert comparison["hartree_infidelity"][-1] == pytest.approx(expected[0], rel=1e-9)
    assert 1e-4 < comparison["limit_infidelity"][-1] < 0.1


def test_a_table_of_many_modes_has_few_columns(tmp_path):
    modes = 200
    members = members_of(Model(hopping(-1, [modes]) + onsite([(3, -0.5j)], modes)), site=2)
    hartree = tabulate_hartree(members, TIMES)
    limit = tabulate_limit(members, TIMES, hartree)
    for table in (hartree, limit):
        assert len(table.column_names) < 20
        write_parquet(table, tmp_path / "table.parquet", {})
        assert read_parquet(tmp_path / "table.parquet").equals(table)
        assert table.nbytes < 1e5
    assert pa.types.is_list(hartree.schema.field("phi_re").type)
    kets = read_vectors(limit.to_pandas(), "nu")
    assert kets.shape == (2, modes)
    assert np.allclose(np.linalg.norm(kets, axis=1), 1, rtol=1e-12)
