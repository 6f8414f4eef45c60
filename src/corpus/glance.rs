//! A quick look at the corpus folder, to see whether something is going on in it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use super::source::{NOT_DOCUMENTS, walk};

/// How the files of a corpus folder look from outside: their names, sizes and times of change, as one hash. It tells when it is
/// worth to look closely; what has changed is decided by what the files hold.
///
/// # Errors
/// When the folder cannot be read.
pub fn glance(dir: &Path) -> anyhow::Result<String> {
    let sources = walk(dir)?;
    let mut hasher = blake3::Hasher::new();
    let mut add = |path: &Path| {
        hasher.update(path.as_os_str().as_encoded_bytes()).update(&[0]);
        if let Ok(metadata) = fs::metadata(path) {
            let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            hasher.update(&metadata.len().to_le_bytes());
            hasher.update(&changed.unwrap_or_default().as_nanos().to_le_bytes());
        }
    };
    for file in &sources.files {
        add(&file.absolute);
        file.side.iter().for_each(|side| add(side));
    }
    let lists: Vec<PathBuf> = NOT_DOCUMENTS.iter().map(|name| dir.join(name)).collect();
    lists.iter().for_each(|list| add(list));
    for problem in &sources.problems {
        hasher.update(problem.path.as_bytes()).update(&[1]);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_sees_what_happens_to_files() {
        let folder = tempfile::tempdir().unwrap();
        let look = || glance(folder.path()).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let mut seen = vec![look()];
        assert_eq!(seen[0], look());
        write("a.md", "1");
        seen.push(look());
        write("a.md", "12");
        seen.push(look());
        write("a.toml", "title = 'x'");
        seen.push(look());
        fs::rename(folder.path().join("a.md"), folder.path().join("b.md")).unwrap();
        seen.push(look());
        write("aliases.txt", "x");
        seen.push(look());
        for (at, one) in seen.iter().enumerate() {
            assert!(!seen[..at].contains(one), "look {at} is new");
        }
    }
}
