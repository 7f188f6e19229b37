"""Sealing: what goes in comes out, only for its own cell and only with its own key."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.errors import ConfigurationError
from landdb.store.vault import Vault

CELL = ("party.party", 7, "name_enc")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault.make(tmp_path_factory.mktemp("keys") / "landdb.key")


@given(text=st.text())
def test_what_was_sealed_opens_to_the_same_text(vault: Vault, text: str) -> None:
    assert vault.unseal(vault.seal(text, cell=CELL), cell=CELL) == text


def test_nothing_stays_nothing(vault: Vault) -> None:
    assert vault.seal(None, cell=CELL) is None
    assert vault.unseal(None, cell=CELL) is None


@pytest.mark.parametrize(
    "other", [("party.party", 8, "name_enc"), ("party.party", 7, "birth_enc"), ("x", 7, "name_enc")]
)
def test_a_ciphertext_moved_to_another_cell_does_not_open(vault: Vault, other: tuple[str, int, str]) -> None:
    sealed = vault.seal("Mẫu Thị Thử", cell=CELL)
    with pytest.raises(ConfigurationError):
        vault.unseal(sealed, cell=other)


def test_an_altered_ciphertext_does_not_open(vault: Vault) -> None:
    sealed = bytearray(vault.seal("Mẫu Thị Thử", cell=CELL) or b"")
    sealed[-1] ^= 1
    with pytest.raises(ConfigurationError):
        vault.unseal(bytes(sealed), cell=CELL)


def test_sealing_twice_gives_different_bytes_but_the_index_is_stable(vault: Vault) -> None:
    assert vault.seal("099085000123", cell=CELL) != vault.seal("099085000123", cell=CELL)
    assert vault.index("citizen_id", "099085000123") == vault.index("citizen_id", "099085000123")


def test_indexes_for_two_purposes_cannot_be_joined(vault: Vault) -> None:
    assert vault.index("citizen_id", "099085000123") != vault.index("name", "099085000123")


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "landdb.key"
    first = Vault.make(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Vault.make(file).index("name", "x") == first.index("name", "x")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "landdb.key"
    Vault.make(file)
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="read by others"):
        Vault.open(file)


def test_a_damaged_key_file_is_named_as_such(tmp_path: Path) -> None:
    file = tmp_path / "landdb.key"
    file.write_text("not a key")
    file.chmod(0o600)
    with pytest.raises(ConfigurationError, match="damaged"):
        Vault.open(file)


def test_a_key_file_that_is_missing_is_not_made_by_whoever_only_opens_it(tmp_path: Path) -> None:
    file = tmp_path / "landdb.key"
    with pytest.raises(ConfigurationError) as refused:
        Vault.open(file)
    assert refused.value.remedy == "restore the key file from its backup"
    assert not file.exists()


def test_no_key_shows_in_the_vaults_text(vault: Vault) -> None:
    assert "_index_key" not in repr(vault)
