"""The verbs of acquiring, for every interface."""

from songloom.acquire.adding import add_file, add_path, add_stream, add_upload
from songloom.acquire.asking import (
    add_path_later,
    add_url,
    import_table_later,
    import_upload_later,
    scan_later,
)
from songloom.acquire.folders import link_folder, unlink_folder
from songloom.acquire.outcomes import Outcome
from songloom.acquire.scanning import scan_folder, scan_folders


def sweep_tables() -> None:
    """Called when a worker starts: take back and away what imports have left half-way."""
    from songloom.acquire import handing, taking_back

    taking_back.take_back_left()
    handing.sweep()


__all__ = [
    "Outcome",
    "add_file",
    "add_path",
    "add_path_later",
    "add_stream",
    "add_upload",
    "add_url",
    "import_table_later",
    "import_upload_later",
    "link_folder",
    "scan_folder",
    "scan_folders",
    "scan_later",
    "sweep_tables",
    "unlink_folder",
]
