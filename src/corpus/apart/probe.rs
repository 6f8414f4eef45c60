//! What a parser could do to others behind the walls, tried out: only builds for development have it, for `tests/wenda/confined.rs`.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    path::{Path, PathBuf},
    process::Command,
    thread,
};

/// What is tried out on what.
#[derive(Clone, Debug)]
pub struct Targets {
    /// Files that must not be read.
    pub secrets: Vec<PathBuf>,
    /// A folder in which nothing must be written.
    pub folder: PathBuf,
    /// Who must not be talked to.
    pub address: SocketAddr,
    /// The process that must be left alone.
    pub parent: i32,
}

/// Tries everything, and gives for each what became of it, as JSON: `done`, or the error. To become another program is tried at the
/// very end, and only behind walls: it would not come back.
pub(super) fn attempt(targets: &Targets, walled: bool, landlock: &str) -> String {
    let mut tried = BTreeMap::from([("landlock".to_owned(), landlock.to_owned())]);
    let mut note = |what: &str, outcome: io::Result<()>| {
        let outcome = match outcome {
            Ok(()) => "done".to_owned(),
            Err(error) => error.raw_os_error().map_or(error.to_string(), |code| format!("error {code}")),
        };
        tried.insert(what.to_owned(), outcome);
    };
    for secret in &targets.secrets {
        note(&format!("read {}", secret.display()), fs::read(secret).map(drop));
    }
    files(&targets.folder, &mut note);
    network(targets, &mut note);
    note("run a program", Command::new("/bin/true").spawn().and_then(|mut program| program.wait()).map(drop));
    note("start a thread", thread::Builder::new().spawn(|| {}).map(drop));
    #[cfg(target_os = "linux")]
    processes(targets.parent, &mut note);
    #[cfg(unix)]
    if walled {
        use std::os::unix::process::CommandExt;
        note("become a program", Err(Command::new("/bin/true").exec()));
    }
    serde_json::to_string(&tried).unwrap_or_default()
}

/// What can be done in a folder that has the files `kept` and `old`.
fn files(folder: &Path, note: &mut impl FnMut(&str, io::Result<()>)) {
    let file = |name: &str| folder.join(name);
    let mut change = fs::OpenOptions::new();
    note("write a file", fs::write(file("written"), "x"));
    note("change a file", change.append(true).open(file("kept")).map(drop));
    note("shorten a file", File::create(file("kept")).map(drop));
    note("link a file", fs::hard_link(file("kept"), file("linked")));
    note("rename a file", fs::rename(file("kept"), file("renamed")));
    note("remove a file", fs::remove_file(file("old")));
    note("list a folder", fs::read_dir(folder).map(drop));
    note("make a folder", fs::create_dir(file("made")));
}

/// What can be done over the network, and with the socket `socket` in the folder.
fn network(targets: &Targets, note: &mut impl FnMut(&str, io::Result<()>)) {
    note("connect", TcpStream::connect(targets.address).map(drop));
    note("listen", TcpListener::bind("127.0.0.1:0").map(drop));
    note("open a port for datagrams", UdpSocket::bind("127.0.0.1:0").map(drop));
    #[cfg(unix)]
    note("connect to a socket", std::os::unix::net::UnixStream::connect(targets.folder.join("socket")).map(drop));
}

/// What can be done to another process.
#[cfg(target_os = "linux")]
fn processes(parent: i32, note: &mut impl FnMut(&str, io::Result<()>)) {
    use rustix::process::{PidfdFlags, Signal, kill_process, pidfd_open, test_kill_process};
    let Some(pid) = rustix::process::Pid::from_raw(parent) else { return };
    let memory = fs::OpenOptions::new().read(true).write(true).open(format!("/proc/{parent}/mem"));
    note("open the memory of the parent", memory.map(drop));
    note("read the environment of the parent", fs::read(format!("/proc/{parent}/environ")).map(drop));
    note("see the parent", test_kill_process(pid).map_err(io::Error::from));
    note("take hold of the parent", pidfd_open(pid, PidfdFlags::empty()).map(drop).map_err(io::Error::from));
    // A signal that the other side does not mind, if it arrives.
    note("signal the parent", kill_process(pid, Signal::WINCH).map_err(io::Error::from));
}
