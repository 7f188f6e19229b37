"""The newest revision is found without Alembic, and the migrations are one line without forks."""

from alembic.script import ScriptDirectory

from landdb.store import migrate


def test_the_newest_revision_is_the_one_alembic_finds() -> None:
    scripts = ScriptDirectory.from_config(migrate._config())
    assert migrate.head() == scripts.get_current_head()
    assert len(list(scripts.walk_revisions())) == len(list((migrate._FOLDER / "versions").glob("0*.py")))
