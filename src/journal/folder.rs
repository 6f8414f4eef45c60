//! The state folder: into which nobody may look but the system user that the bot runs as.

use std::{fs, io, path::Path};

/// Creates a folder into which only its owner may look, and closes one that is there already. On Windows the rights of the folder
/// above hold.
///
/// # Errors
/// When it cannot be created. One that cannot be closed is told to the log.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    make_private(folder);
    Ok(())
}

/// Takes the rights to a file or folder from everybody but its owner.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;

    /// A folder in which everybody has files, as /tmp.
    const SHARED: u32 = 0o1000;

    let close = || {
        let mut rights = fs::metadata(path)?.permissions();
        let mode = rights.mode();
        if mode & 0o077 == 0 {
            return Ok(());
        }
        if mode & SHARED != 0 {
            return Err(io::Error::other("it is shared with other programs; set STATE_DIR to a folder of its own"));
        }
        rights.set_mode(mode & !0o077);
        fs::set_permissions(path, rights)
    };
    if let Err(error) = close() {
        tracing::warn!("other users of this machine may look into {}: {error}", path.display());
    }
}

/// Does nothing: rights are inherited here.
#[cfg(not(unix))]
pub(super) fn make_private(_path: &Path) {}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn nobody_else_may_look_into_the_folder() {
        let home = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        let new = home.path().join("a/b");
        private_folder(&new).unwrap();
        assert_eq!(mode(&new), 0o700);
        let old = home.path().join("old");
        fs::create_dir(&old).unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
        private_folder(&old).unwrap();
        assert_eq!(mode(&old), 0o700);
        fs::set_permissions(&old, fs::Permissions::from_mode(0o1777)).unwrap();
        private_folder(&old).unwrap();
        assert_eq!(mode(&old), 0o1777, "what others use is left alone");
    }
}
