//! Plain files that only their owner may open, and errors that name them.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

/// The names in a folder; none where it does not exist.
pub(super) fn list_names(folder: &Path) -> io::Result<Vec<OsString>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The contents of a file; `None` where it does not exist.
pub(super) fn read_file(path: &Path) -> io::Result<Option<Vec<u8>>> {
    check_plain_file(path)?;
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(add_name(path, &error)),
    }
}

/// `error` with the name of its file.
pub(super) fn add_name(path: &Path, error: &io::Error) -> io::Error {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    io::Error::new(error.kind(), format!("{name}: {error}"))
}

/// Fails unless `path` is a regular file or does not exist: a link may point at entries that are
/// written elsewhere, a pipe would block.
pub(super) fn check_plain_file(path: &Path) -> io::Result<()> {
    let what = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(add_name(path, &error)),
        Ok(data) if data.is_file() => return Ok(()),
        Ok(data) if data.is_symlink() => "it is a symbolic link, not a regular file",
        Ok(data) if data.is_dir() => "it is a folder, not a regular file",
        Ok(_) => "it is not a regular file",
    };
    Err(add_name(
        path,
        &io::Error::new(io::ErrorKind::InvalidInput, what),
    ))
}

/// The problem with the mode of a file that others than its owner may open.
#[cfg(unix)]
pub(super) fn permission_problem(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| format!("others may open it (mode {mode:04o}): run `chmod 600`"))
}

#[cfg(not(unix))]
pub(super) fn permission_problem(_path: &Path) -> Option<String> {
    None
}

#[cfg(unix)]
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Opens a file for its owner only.
#[cfg(unix)]
pub(super) fn open_private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    check_plain_file(path)?;
    let file = options
        .mode(0o600)
        .open(path)
        .map_err(|error| add_name(path, &error))?;
    // A file that was created elsewhere may have a wider mode.
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
pub(super) fn open_private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    check_plain_file(path)?;
    options.open(path).map_err(|error| add_name(path, &error))
}
