//! Plain files for their owner only, and errors that name them.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

/// The names in a folder; none, if it is not there.
pub(super) fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    plain(path)?;
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(named(path, &error)),
    }
}

/// `error`, with the file it is about.
pub(super) fn named(path: &Path, error: &io::Error) -> io::Error {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    io::Error::new(error.kind(), format!("{name}: {error}"))
}

/// What is there, if anything, is a file of its own: a link leads to lines that may be written
/// elsewhere, a pipe would be waited for.
pub(super) fn plain(path: &Path) -> io::Result<()> {
    let what = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(named(path, &error)),
        Ok(data) if data.is_file() => return Ok(()),
        Ok(data) if data.is_symlink() => "it is a symbolic link, not a file of its own",
        Ok(data) if data.is_dir() => "it is a folder, not a file",
        Ok(_) => "it is not a file",
    };
    Err(named(
        path,
        &io::Error::new(io::ErrorKind::InvalidInput, what),
    ))
}

/// Who else than its owner a file is open to.
#[cfg(unix)]
pub(super) fn open_to_others(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0)
        .then(|| format!("others than its owner may open it (mode {mode:04o}): `chmod 600` it"))
}

#[cfg(not(unix))]
pub(super) fn open_to_others(_path: &Path) -> Option<String> {
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
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    plain(path)?;
    let file = options
        .mode(0o600)
        .open(path)
        .map_err(|error| named(path, &error))?;
    // A file from elsewhere may be more open than ours.
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    plain(path)?;
    options.open(path).map_err(|error| named(path, &error))
}
