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
    "unlink_folder",
]
