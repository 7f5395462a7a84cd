"""The verdicts as a person reads them."""

from nonhermitian_hartree.commands.print_verdicts import main
from nonhermitian_hartree.config.state import StateSpec
from nonhermitian_hartree.steps.hartree import tabulate_hartree
from nonhermitian_hartree.steps.limit import tabulate_limit
from nonhermitian_hartree.steps.verdict import name_member, tabulate_verdicts
from nonhermitian_hartree.storage.csv_files import write_csv
from nonhermitian_hartree.storage.parquet import concatenate_tables, table_columns
from tests.systems import COUNTEREXAMPLE


def test_verdicts_of_states_and_families(tmp_path, capsys):
    """p0 = ½ fails after t = ½ although its defect is zero; |0⟩ never fails; p0 = 0.9 stays below 1e-3."""
    members = {
        "balanced": StateSpec(p0=0.5).members(),
        "north": StateSpec(p0=1).members(),
        "family": StateSpec(p0=[0.5, 0.6, 0.9]).members(),
    }
    times = [0.0, 0.25, 0.75, 1.0]
    hartree = [tabulate_hartree(COUNTEREXAMPLE, name, group, times) for name, group in members.items()]
    limit = [
        tabulate_limit(COUNTEREXAMPLE, name, group, times, table)
        for (name, group), table in zip(members.items(), hartree, strict=True)
    ]
    tables = (table_columns(concatenate_tables(parts)) for parts in (hartree, limit))
    verdicts = tabulate_verdicts(COUNTEREXAMPLE, members, *tables, threshold=1e-3)
    assert verdicts["failure_time"][0] > 0.5
    assert verdicts["failure_time"][1] is None
    write_csv(verdicts, tmp_path / "studies" / "mine" / "verdict.csv")

    assert main([str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert (
        "mine, balanced: no failure at order t² (the defect vanishes, which does not make Hartree valid)"
        in printed
    )
    assert "splitting transition of the limit at t = 0.500000" in printed
    assert "mine, north: no failure at order t²" in printed
    assert "stays below 0.001 up to t = 1" in printed
    assert "mine, family: 2 of 3 states exceed the threshold 0.001" in printed
    assert main([]) == 2


def test_only_qubits_have_a_p0():
    qutrit, qubit = (StateSpec(amplitudes=vector).members()[0] for vector in ([1, 0, 0], [0.6, 0.8]))
    assert name_member("north", qutrit.p0) == "north"
    assert name_member("north", qubit.p0) == "north (p0 = 0.36)"
