"""A home that other users may pass through shows them nothing but the way to the database's files."""

from pathlib import Path

from orchestration.database.home import Places, make_folders


def test_what_lies_in_a_passable_home_is_closed_to_others(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "landing").mkdir(parents=True)
    home.chmod(0o711)
    (home / "landing").chmod(0o755)
    (home / "passwords.json").write_text("{}")
    (home / "passwords.json").chmod(0o644)
    (home / "elsewhere").symlink_to("/")
    make_folders(Places(home))
    assert (home / "landing").stat().st_mode & 0o777 == 0o750
    assert (home / "passwords.json").stat().st_mode & 0o777 == 0o640
    assert (home / "postgres").is_dir()


def test_a_home_of_ones_own_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "landing").mkdir(parents=True)
    home.chmod(0o700)
    (home / "landing").chmod(0o755)
    make_folders(Places(home))
    assert (home / "landing").stat().st_mode & 0o777 == 0o755
