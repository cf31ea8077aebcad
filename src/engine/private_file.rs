//! Files and folders that belong to this user alone, and errors that name them.
//!
//! A file that another user may write has no effect: this module refuses a link, a pipe, and a file
//! of another user. Several of the checks exist on Unix only.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Read},
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

/// The contents of a file of at most `max` bytes that no other user can have written; `None` where
/// it does not exist. Refuses a link, a pipe, a file of another user, and one that others may
/// write.
pub fn read_trusted(path: &Path, max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut options = File::options();
    options.read(true);
    let file = match open_unlinked(path, &mut options) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(add_name(path, &error)),
    };
    let refuse = |why: String| Err(add_name(path, &io::Error::other(why)));
    let data = file.metadata()?;
    if let Some(why) = ownership_problem(&data).or_else(|| writers_problem(&data)) {
        return refuse(why);
    }
    if data.len() > max {
        return refuse(format!("it is longer than {max} bytes"));
    }
    let mut bytes = Vec::new();
    file.take(max).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// `error` with the name of its file.
pub(super) fn add_name(path: &Path, error: &io::Error) -> io::Error {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    io::Error::new(error.kind(), format!("{name}: {error}"))
}

/// Fails unless `path` is a regular file of this user or does not exist: a link may point at
/// entries that are written elsewhere, a pipe would block.
pub(super) fn check_plain_file(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(add_name(path, &error)),
        Ok(data) => check_plain(&data).map_err(|error| add_name(path, &error)),
    }
}

fn check_plain(data: &fs::Metadata) -> io::Result<()> {
    let what = if data.is_symlink() {
        "it is a symbolic link, not a regular file".to_owned()
    } else if data.is_dir() {
        "it is a folder, not a regular file".to_owned()
    } else if !data.is_file() {
        "it is not a regular file".to_owned()
    } else if let Some(why) = ownership_problem(data) {
        why
    } else {
        return Ok(());
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

/// Why a folder is not this user's own; `None` where it is, or does not exist.
pub(super) fn folder_problem(folder: &Path) -> Option<String> {
    let data = fs::metadata(folder).ok()?;
    let why = if data.is_dir() {
        ownership_problem(&data)?
    } else {
        "it is not a folder".to_owned()
    };
    Some(format!("{}: {why}", folder.display()))
}

/// Opens a file that is no link; a pipe does not block.
fn open_unlinked(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    // For the error message; the flags protect even if the file is replaced before it is opened.
    if let Ok(data) = fs::symlink_metadata(path) {
        check_plain(&data)?;
    }
    let file = options.open(path)?;
    check_plain(&file.metadata()?)?;
    Ok(file)
}

/// Why a file or folder is not this user's own.
#[cfg(unix)]
fn ownership_problem(data: &fs::Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let (owner, user) = (data.uid(), rustix::process::geteuid().as_raw());
    (owner != user).then(|| format!("it belongs to user id {owner}, not to {user}"))
}

#[cfg(not(unix))]
fn ownership_problem(_data: &fs::Metadata) -> Option<String> {
    None
}

/// The problem of a file that others may write.
#[cfg(unix)]
fn writers_problem(data: &fs::Metadata) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = data.permissions().mode() & 0o777;
    (mode & 0o022 != 0).then(|| {
        format!("others may write it (mode {mode:04o}): check its lines, then run `chmod 600`")
    })
}

#[cfg(not(unix))]
fn writers_problem(_data: &fs::Metadata) -> Option<String> {
    None
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

/// Creates a folder, and those above it, for this user only.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
    }
    #[cfg(not(unix))]
    fs::create_dir_all(folder)
}

/// [`make_folder`]; one that others may open is closed to them. Only for folders of this program.
pub fn make_private_folder(folder: &Path) -> io::Result<()> {
    make_folder(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(folder)?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

/// Opens a file for its owner only; creates it with that mode if `options` create it.
pub fn open_private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = open_unlinked(path, options).map_err(|error| add_name(path, &error))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A file that was created elsewhere may have a wider mode.
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(file)
}

/// Replaces a file at once, for its owner only: a reader sees the old or the new contents.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let draft = path.with_extension("new");
    let mut file = open_private(
        &draft,
        File::options().create(true).write(true).truncate(true),
    )?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn planted_file_is_refused_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::write(file("good"), "1").unwrap();
        fs::write(file("long"), "12345").unwrap();
        fs::write(file("shared"), "1").unwrap();
        fs::set_permissions(file("shared"), fs::Permissions::from_mode(0o666)).unwrap();
        symlink(file("good"), file("link")).unwrap();
        fs::create_dir(file("folder")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, file("pipe"), rustix::fs::Mode::RUSR).unwrap();
        assert_eq!(read_trusted(&file("good"), 4).unwrap().unwrap(), b"1");
        assert_eq!(read_trusted(&file("none"), 4).unwrap(), None);
        for (name, why) in [
            ("long", "longer than 4 bytes"),
            ("shared", "others may write it (mode 0666)"),
            ("link", "symbolic link"),
            ("folder", "it is a folder"),
            ("pipe", "not a regular file"),
        ] {
            let error = read_trusted(&file(name), 4).unwrap_err().to_string();
            assert!(error.contains(why) && error.starts_with(name), "{error}");
        }
    }

    #[test]
    fn draft_that_is_a_link_does_not_clobber_its_target() {
        let folder = tempfile::tempdir().unwrap();
        let (target, path) = (folder.path().join("target"), folder.path().join("a.toml"));
        fs::write(&target, "precious").unwrap();
        symlink(&target, path.with_extension("new")).unwrap();
        assert!(replace(&path, b"x").is_err());
        assert_eq!(fs::read_to_string(target).unwrap(), "precious");
        fs::remove_file(path.with_extension("new")).unwrap();
        replace(&path, b"x").unwrap();
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
