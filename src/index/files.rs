//! The files of a generation: written to last, checksummed, and taken over into the next one without being copied.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use anyhow::Context;

/// Size in bytes and checksum of each file.
pub(super) type Checksums = BTreeMap<String, (u64, String)>;

/// Generations up to this size in bytes are read through and compared with their checksums when they are opened
/// (0.1 s); of larger ones only the sizes of the files are compared.
const CHECKED_WHOLE: u64 = 256_000_000;

/// What Tantivy writes anew, in the place of the file before.
const REWRITTEN: [&str; 2] = ["meta.json", ".managed.json"];

/// Takes over the segments of a generation into an empty folder, and gives what is known of their files. Segments are never
/// written to again, so that both generations may share them: where the file system can, a file gets a second name.
pub(super) fn take_over(from: &Path, to: &Path, known: &Checksums) -> anyhow::Result<Checksums> {
    let mut taken_over = Checksums::new();
    for (name, about) in known.iter().filter(|(name, _)| is_of_segment(name)) {
        let (source, target) = (from.join(name), to.join(name));
        fs::hard_link(&source, &target)
            .or_else(|_| fs::copy(&source, &target).and_then(|_| File::open(&target)?.sync_all()))
            .with_context(|| format!("cannot take over {}; is the disk full?", source.display()))?;
        taken_over.insert(name.clone(), about.clone());
    }
    for name in REWRITTEN {
        fs::copy(from.join(name), to.join(name))
            .with_context(|| format!("cannot take over {name}; is the disk full?"))?;
    }
    Ok(taken_over)
}

/// Whether Tantivy wrote a file as a part of a segment: their names are 32 hexadecimal digits and an extension.
fn is_of_segment(name: &str) -> bool {
    name.split_once('.').is_some_and(|(id, _)| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The checksums of a folder; those of files that were taken over are known.
pub(super) fn checksums(folder: &Path, taken_over: &Checksums) -> anyhow::Result<Checksums> {
    let mut files = Checksums::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Dot files are Tantivy's lock files and its list of files: they say nothing about what is stored.
        if name.starts_with('.') || name.ends_with(".lock") {
            continue;
        }
        let size = entry.metadata()?.len();
        let sum = match taken_over.get(&name).filter(|known| known.0 == size) {
            Some((_, sum)) => sum.clone(),
            None => checksum(&entry.path())?,
        };
        files.insert(name, (size, sum));
    }
    Ok(files)
}

fn checksum(path: &Path) -> anyhow::Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    io::copy(&mut file, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Whether the files of a folder are what was written; of those that were `looked_at` already only the size is compared.
pub(super) fn verify(folder: &Path, files: &Checksums, looked_at: &Checksums) -> anyhow::Result<()> {
    let whole: u64 = files.values().map(|file| file.0).sum();
    for (name, (size, expected)) in files {
        let path = folder.join(name);
        let found = fs::metadata(&path).with_context(|| format!("cannot read {}", path.display()))?.len();
        anyhow::ensure!(found == *size, "{name} has {found} bytes instead of {size}");
        if whole <= CHECKED_WHOLE && !looked_at.contains_key(name) {
            anyhow::ensure!(checksum(&path)? == *expected, "{name} is not what was written");
        }
    }
    Ok(())
}

/// Reads a file of JSON.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("cannot understand {}", path.display()))
}

/// Writes a file so that it is on the disk before anything is said about it.
pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write {}; is the disk full?", path.display()))
}

/// Makes the names in a folder last.
pub(super) fn sync_folder(folder: &Path) -> anyhow::Result<()> {
    // Only Unix opens folders as files; elsewhere names last by themselves.
    if cfg!(unix) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .with_context(|| format!("cannot write the folder {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_over_is_shared_and_checked() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (home.path().join("from"), home.path().join("to"));
        fs::create_dir(&from).unwrap();
        fs::create_dir(&to).unwrap();
        let segment = "0123456789abcdef0123456789abcdef.store";
        for name in [segment, "meta.json", ".managed.json", "documents.json"] {
            fs::write(from.join(name), name).unwrap();
        }
        let known = checksums(&from, &Checksums::new()).unwrap();
        let taken_over = take_over(&from, &to, &known).unwrap();
        assert_eq!(taken_over.keys().collect::<Vec<_>>(), [segment]);
        fs::write(to.join("meta.json"), "new").unwrap();
        assert_eq!(fs::read_to_string(from.join("meta.json")).unwrap(), "meta.json", "what is rewritten is not shared");
        let files = checksums(&to, &taken_over).unwrap();
        assert_eq!(files[segment], known[segment]);
        verify(&to, &files, &Checksums::new()).unwrap();
        fs::write(to.join(segment), segment.replace('0', "1")).unwrap();
        assert!(verify(&to, &files, &Checksums::new()).is_err());
        fs::write(to.join(segment), "shorter").unwrap();
        assert!(verify(&to, &files, &taken_over).is_err());
    }
}
