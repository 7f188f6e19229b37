"""The private cluster: made once, found again, and alive after every way of being killed."""

import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from landdb import cluster
from landdb.cluster.processes import postmaster
from landdb.errors import ClusterError
from landdb.settings import Settings
from landdb.store import migrate
from landdb.store.logins import login_urls
from landdb.store.privileges import LOGINS

pytestmark = pytest.mark.db


def ask(settings: Settings, question: str) -> object:
    with psycopg.connect(cluster.url(settings)) as conn:
        row = conn.execute(question).fetchone()
    assert row is not None
    return row[0]


def setting(settings: Settings, name: str) -> object:
    return ask(settings, f"SELECT current_setting('{name}')")


def kill_postmaster(settings: Settings) -> int:
    pid = cluster.status(settings).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while cluster.status(settings).pid is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return pid


def pid_file(settings: Settings) -> Path:
    return settings.home / "cluster" / "data" / "postmaster.pid"


def passwords(settings: Settings) -> list[str]:
    files = (settings.home / "cluster").glob("*.pgpass")
    return [line.rsplit(":", 1)[1] for file in files for line in file.read_text().splitlines()]


def test_a_cluster_goes_from_absent_to_running_to_stopped_to_absent(own_cluster):
    assert cluster.status(own_cluster).state == "absent"
    assert cluster.start(own_cluster, durable=False).state == "running"
    assert ask(own_cluster, "SELECT current_user") == "landdb"
    assert cluster.stop(own_cluster).state == "stopped"
    assert cluster.stop(own_cluster).state == "stopped"
    assert cluster.reset(own_cluster).state == "absent"
    assert cluster.reset(own_cluster).state == "absent"


def test_url_before_the_first_start_names_the_remedy_and_starts_nothing(own_cluster):
    with pytest.raises(ClusterError) as caught:
        cluster.url(own_cluster)
    assert caught.value.remedy == "landdb db start"
    assert list(own_cluster.home.iterdir()) == []


def test_ensure_url_starts_the_cluster_and_an_outside_database_comes_first(own_cluster):
    outside = Settings(own_cluster.home, "postgresql://db.example/land", own_cluster.key_file)
    assert cluster.ensure_url(outside) == cluster.url(outside) == "postgresql://db.example/land"
    assert cluster.status(outside).state == "absent"
    cluster.start(own_cluster, durable=False)
    cluster.stop(own_cluster)
    assert cluster.ensure_url(own_cluster) == cluster.status(own_cluster).url
    assert cluster.status(own_cluster).state == "running"


def test_a_second_start_keeps_the_server_and_the_port_survives_a_restart(own_cluster):
    first = cluster.start(own_cluster, durable=False)
    assert cluster.start(own_cluster, durable=False) == first
    cluster.stop(own_cluster)
    second = cluster.start(own_cluster, durable=False)
    assert (second.port, second.url) == (first.port, first.url)
    assert second.pid != first.pid


def test_durable_is_the_default_and_the_settings_protect_data_and_people(own_cluster):
    cluster.start(own_cluster)
    for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert setting(own_cluster, name) == "on"
    assert setting(own_cluster, "listen_addresses") == "127.0.0.1"
    assert setting(own_cluster, "log_parameter_max_length_on_error") == "0"
    assert setting(own_cluster, "jit") == "off"
    assert setting(own_cluster, "postgis.gdal_enabled_drivers") == "DISABLE_ALL"
    assert ask(own_cluster, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert ask(own_cluster, "SELECT count(*) FROM pg_extension WHERE extname IN ('postgis', 'btree_gist')") == 2


def test_status_url_command_line_and_log_hold_no_password(own_cluster):
    status = cluster.start(own_cluster, durable=False)
    shown = f"{status} {cluster.url(own_cluster)} {cluster.admin_url(own_cluster)} {cluster.psql_command(own_cluster)}"
    shown += "".join(file.read_text() for file in status.log.iterdir())
    assert len(passwords(own_cluster)) == 2 + len(LOGINS)
    for password in passwords(own_cluster):
        assert password not in shown
    for file in (own_cluster.home / "cluster").glob("*.pgpass"):
        assert file.stat().st_mode & 0o777 == 0o600


def test_nobody_enters_without_the_password_by_socket_or_by_tcp(own_cluster):
    status = cluster.start(own_cluster, durable=False)
    folder = parse_qs(urlsplit(cluster.url(own_cluster)).query)["host"][0]
    for host in (folder, "127.0.0.1"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=host, port=status.port, user="landdb", dbname="landdb", passfile="/dev/null")
    by_tcp = f"postgresql://landdb@127.0.0.1:{status.port}/landdb"
    with psycopg.connect(by_tcp, passfile=str(own_cluster.home / "cluster" / "landdb.pgpass")) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_a_failing_statement_leaves_no_value_in_the_log(own_cluster):
    status = cluster.start(own_cluster, durable=False)
    with pytest.raises(psycopg.DataError):
        ask(own_cluster, "SELECT '099085000123x'::bigint")
    with psycopg.connect(cluster.admin_url(own_cluster)) as conn, pytest.raises(psycopg.DataError):
        conn.execute("SELECT length(%s)::text::date, 'seen-by-nobody'", ["099085000123"])
    cluster.stop(own_cluster)
    logged = "".join(file.read_text() for file in status.log.iterdir())
    assert "ready to accept connections" in logged
    assert "099085000123" not in logged
    assert "seen-by-nobody" not in logged


def test_the_server_runs_as_postgres_for_root_and_as_the_caller_otherwise(own_cluster):
    status = cluster.start(own_cluster, durable=False)
    expected = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else os.geteuid()
    assert Path(f"/proc/{status.pid}").stat().st_uid == expected


def test_the_server_is_no_child_of_ours_so_it_can_never_become_our_zombie(own_cluster):
    status = cluster.start(own_cluster, durable=False)
    parent = Path(f"/proc/{status.pid}/stat").read_text().rsplit(")", 1)[1].split()[1]
    assert int(parent) != os.getpid()


def test_committed_rows_survive_kill_9_of_the_postmaster(own_cluster):
    cluster.start(own_cluster)
    with psycopg.connect(cluster.url(own_cluster)) as conn:
        conn.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    for _ in range(2):
        killed = kill_postmaster(own_cluster)
        assert cluster.status(own_cluster).state == "stopped"
        assert pid_file(own_cluster).exists()
        assert cluster.start(own_cluster).pid != killed
        assert ask(own_cluster, "SELECT count(*) FROM kept") == 1000


def test_a_backend_that_outlives_its_postmaster_is_ended_before_the_restart(own_cluster):
    cluster.start(own_cluster, durable=False)
    with psycopg.connect(cluster.url(own_cluster)) as conn:
        backend = conn.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        kill_postmaster(own_cluster)
        assert cluster.start(own_cluster, durable=False).state == "running"
        assert not Path(f"/proc/{backend}/cwd").exists()
        conn.close()
    assert ask(own_cluster, "SELECT 1") == 1


@pytest.mark.parametrize("kind", ["living stranger", "zombie"])
def test_a_pid_file_that_names_a_stranger_or_a_zombie_does_not_stop_the_start(own_cluster, kind):
    cluster.start(own_cluster, durable=False)
    kill_postmaster(own_cluster)
    account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **account)
    try:
        if kind == "zombie":
            stranger.kill()
            while Path(f"/proc/{stranger.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                time.sleep(0.01)
        lines = pid_file(own_cluster).read_text().splitlines()
        pid_file(own_cluster).write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        for lock in (own_cluster.home / "run").glob("*.lock"):
            lock.write_text("\n".join([str(stranger.pid), *lock.read_text().splitlines()[1:]]) + "\n")
        assert cluster.status(own_cluster).state == "stopped"
        assert cluster.start(own_cluster, durable=False).state == "running"
        if kind == "living stranger":
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_stranger_in_the_pid_file_is_never_signalled_by_stop_or_reset(own_cluster):
    cluster.start(own_cluster, durable=False)
    cluster.stop(own_cluster)
    pid_file(own_cluster).write_text(f"{os.getpid()}\n{own_cluster.home}\n0\n1\n\n\n\nready\n")
    assert cluster.stop(own_cluster).state == "stopped"
    assert cluster.reset(own_cluster).state == "absent"


def test_another_port_is_taken_when_a_stranger_sits_on_ours(own_cluster):
    import socket

    first = cluster.start(own_cluster, durable=False)
    cluster.stop(own_cluster)
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", first.port))
        stranger.listen()
        second = cluster.start(own_cluster, durable=False)
        assert second.port != first.port
        assert ask(own_cluster, "SELECT 1") == 1


def test_four_processes_that_start_at_once_make_one_cluster(own_cluster):
    program = (
        "import sys; from landdb import cluster; from landdb.settings import Settings; "
        "print(cluster.start(Settings.from_environment({'LANDDB_HOME': sys.argv[1]}), durable=False).pid)"
    )
    command = [sys.executable, "-c", program, str(own_cluster.home)]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    pids = {starter.communicate(timeout=120)[0].strip() for starter in starters}
    assert all(starter.returncode == 0 for starter in starters)
    assert pids == {str(cluster.status(own_cluster).pid)}


def test_a_start_that_was_killed_half_way_is_completed_by_the_next(own_cluster):
    half = own_cluster.home / "cluster" / "data.new"
    half.mkdir(parents=True)
    half.joinpath("PG_VERSION").write_text("15")
    if os.geteuid() == 0:
        half.parent.chmod(0o711)
    cluster.start(own_cluster, durable=False)
    own_cluster.home.joinpath("cluster", "landdb.pgpass").unlink()
    cluster.start(own_cluster, durable=False)
    assert ask(own_cluster, "SELECT 1") == 1


def test_a_home_too_deep_for_a_socket_is_reached_by_tcp(own_cluster):
    deep = own_cluster.home / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir(mode=0o711)
    settings = Settings.from_environment({"LANDDB_HOME": str(deep)})
    try:
        cluster.start(settings, durable=False)
        assert urlsplit(cluster.url(settings)).hostname == "127.0.0.1"
        assert ask(settings, "SELECT 1") == 1
    finally:
        cluster.reset(settings)


def test_a_home_with_a_space_and_an_accent_works(own_cluster):
    settings = Settings.from_environment({"LANDDB_HOME": str(own_cluster.home / "xã 'Bình' An")})
    try:
        cluster.start(settings, durable=False)
        assert ask(settings, "SELECT 1") == 1
        assert (
            subprocess.run([*cluster.psql_command(settings), "-Atc", "SELECT 2"], capture_output=True).stdout == b"2\n"
        )
    finally:
        cluster.reset(settings)


def test_status_names_no_postmaster_for_an_empty_or_torn_pid_file(own_cluster):
    cluster.start(own_cluster, durable=False)
    cluster.stop(own_cluster)
    for torn in ("", "12", "twelve\n\n\n\n"):
        pid_file(own_cluster).write_text(torn)
        assert postmaster(pid_file(own_cluster).parent) is None
    assert cluster.start(own_cluster, durable=False).state == "running"


def test_each_login_of_the_api_reaches_the_private_database_and_makes_nothing_there(own_cluster):
    cluster.start(own_cluster, durable=False)
    url = cluster.url(own_cluster)
    migrate.upgrade(url)
    for login, reached in login_urls(own_cluster, url).items():
        with psycopg.connect(reached) as conn:
            assert conn.info.user == f"landdb_{login}"
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute("CREATE TEMPORARY TABLE x (a int)")
