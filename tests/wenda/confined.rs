//! What a process that reads a file can do beside reading it: nothing. The build for development has a stand-in for a parser that
//! has been taken over; it tries everything out from the inside.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    net::TcpListener,
    os::unix::net::UnixListener,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, Scope};
use serde_json::Value;

use crate::{harness::Place, strace::strace};

/// What was tried, and what became of it.
type Tried = BTreeMap<String, String>;

/// What no wall may let through. Without walls, all of it succeeds.
const FORBIDDEN: [&str; 17] = [
    "change a file",
    "connect",
    "connect to a socket",
    "link a file",
    "list a folder",
    "listen",
    "make a folder",
    "open a port for datagrams",
    "open the memory of the parent",
    "read the environment of the parent",
    "remove a file",
    "rename a file",
    "run a program",
    "see the parent",
    "shorten a file",
    "signal the parent",
    "write a file",
];

/// A folder with secrets, and a process of which a parser has taken possession.
struct Trial {
    place: Place,
    tcp: TcpListener,
    _unix: UnixListener,
    secrets: Vec<String>,
}

impl Trial {
    fn new() -> Trial {
        let place = Place::with(&[("办法.md", "# 办法\n\n第一条 甲。\n")]);
        let secret = |name: &str| {
            let path = place.file(name);
            fs::write(&path, "TELEGRAM_TOKEN=1:secret").unwrap();
            path.display().to_string()
        };
        let secrets = vec![secret(".env"), secret("wenda.db")];
        for name in ["kept", "old"] {
            fs::write(place.file(name), name).unwrap();
        }
        let unix = UnixListener::bind(place.file("socket")).unwrap();
        Trial { tcp: TcpListener::bind("127.0.0.1:0").unwrap(), _unix: unix, secrets, place }
    }

    /// What can be done behind these walls, by a process that `with` starts.
    fn probe(&self, walls: &str, with: &[&str]) -> Tried {
        let program = self.place.command(&[]).get_program().to_owned();
        let mut command = match with.split_first() {
            Some((wrapper, arguments)) => {
                let mut command = Command::new(wrapper);
                command.args(arguments).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.args(["read-document", "--path=a.pdf", "--memory-bytes=100000000", "--seconds=20"]);
        command.args(["--probe", walls, "--probe-parent", &std::process::id().to_string()]);
        command.arg("--probe-folder").arg(self.place.file(""));
        command.args(["--probe-address", &self.tcp.local_addr().unwrap().to_string()]);
        self.secrets.iter().for_each(|secret| _ = command.args(["--probe-secret", secret]));
        let output = command.env("WENDA_LOG", "debug").stdin(Stdio::null()).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|wrong| panic!("{wrong}: {error}"))
    }

    /// Everything that a process must not be able to do.
    fn forbidden(&self) -> Vec<String> {
        let reads = self.secrets.iter().map(|secret| format!("read {secret}"));
        reads.chain(FORBIDDEN.iter().map(|what| (*what).to_owned())).collect()
    }

    /// What is in the folder, with its contents.
    fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.place.file("")).unwrap().map(|entry| entry.unwrap());
        entries
            .map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                (name, fs::read(entry.path()).unwrap_or_default())
            })
            .collect()
    }

    /// Nothing on the list was done, nothing has changed, and nobody has called.
    #[track_caller]
    fn expect_nothing(&self, walls: &str, with: &[&str], besides: &[&str]) {
        let before = self.contents();
        let tried = self.probe(walls, with);
        for what in self.forbidden().iter().map(String::as_str).chain(besides.iter().copied()) {
            let outcome = tried.get(what).unwrap_or_else(|| panic!("{what} was not tried: {tried:?}"));
            assert_ne!(outcome, "done", "{walls} lets through: {what} ({tried:?})");
        }
        assert_eq!(self.contents(), before);
        self.tcp.set_nonblocking(true).unwrap();
        assert!(self.tcp.accept().is_err(), "somebody has connected");
    }
}

/// Whether the kernel has this version of Landlock.
fn has_landlock(version: ABI) -> bool {
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let ruleset = ruleset.handle_access(AccessFs::from_all(version));
    let ruleset = match AccessNet::from_all(version) {
        none if none.is_empty() => ruleset,
        ports => ruleset.and_then(|ruleset| ruleset.handle_access(ports)),
    };
    let ruleset = match Scope::from_all(version) {
        none if none.is_empty() => ruleset,
        scope => ruleset.and_then(|ruleset| ruleset.scope(scope)),
    };
    ruleset.and_then(|ruleset| ruleset.create()).is_ok()
}

#[test]
fn without_walls_everything_can_be_done() {
    let trial = Trial::new();
    let tried = trial.probe("none", &[]);
    for what in trial.forbidden() {
        assert_eq!(tried.get(&what).map(String::as_str), Some("done"), "the trial of {what} proves nothing: {tried:?}");
    }
    assert_eq!(tried["start a thread"], "done");
}

#[test]
fn behind_all_walls_nothing_can_be_done() {
    let besides = ["become a program", "start a thread", "take hold of the parent"];
    Trial::new().expect_nothing("all", &[], &besides);
    // One wall could hide that the other does not stand.
    let landlock = Trial::new().probe("all", &[])["landlock"].clone();
    assert_eq!(landlock != "NotEnforced", has_landlock(ABI::V1), "{landlock}");
}

#[test]
fn the_list_of_calls_holds_alone() {
    let besides = ["become a program", "start a thread", "take hold of the parent"];
    Trial::new().expect_nothing("seccomp", &[], &besides);
}

#[test]
fn a_kernel_without_landlock_leaves_the_other_walls() {
    let without = [strace(), "-f", "-qqq", "-o", "/dev/null", "-e", "inject=landlock_create_ruleset:error=ENOSYS"];
    let landlock = Trial::new().probe("all", &without)["landlock"].clone();
    assert_eq!(landlock, "NotEnforced");
    Trial::new().expect_nothing("all", &without, &["become a program", "start a thread"]);
}

#[test]
fn landlock_holds_alone() {
    let tried = Trial::new().probe("landlock", &[]);
    let check = |version: ABI, name: &str, closed: &[&str]| {
        if !has_landlock(version) {
            // Past the test's own capture: whoever runs it should see it.
            let _ =
                writeln!(std::io::stderr(), "NOT TESTED, as this kernel lacks Landlock's version {name}: {closed:?}");
            return;
        }
        for what in closed {
            let matching: Vec<_> = tried
                .iter()
                .filter(|(tried, _)| tried == what || *what == "read" && tried.starts_with("read /"))
                .collect();
            assert!(!matching.is_empty(), "{what} was not tried");
            assert!(matching.iter().all(|(_, outcome)| *outcome != "done"), "landlock lets through: {matching:?}");
        }
    };
    let files = [
        "read",
        "write a file",
        "change a file",
        "link a file",
        "rename a file",
        "remove a file",
        "list a folder",
        "make a folder",
        "open the memory of the parent",
        "read the environment of the parent",
        "become a program",
        "run a program",
    ];
    check(ABI::V1, "1 (Linux 5.13)", &files);
    check(ABI::V3, "3 (Linux 6.2)", &["shorten a file"]);
    check(ABI::V4, "4 (Linux 6.7)", &["connect", "listen"]);
    check(ABI::V6, "6 (Linux 6.12)", &["signal the parent", "see the parent"]);
}

/// Starts a process that reads, and sends nothing yet.
fn reader(place: &Place) -> Child {
    let mut command = place.command(&["read-document", "--path=a.md", "--memory-bytes=100000000", "--seconds=20"]);
    command.env_clear().stdin(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_reader_is_confined_before_it_sees_a_byte() {
    let mut child = reader(&Place::with(&[]));
    let of = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap_or_default();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !of("status").contains("Seccomp:\t2") {
        assert!(Instant::now() < deadline, "it is never confined:\n{}", of("status"));
        thread::sleep(Duration::from_millis(5));
    }
    for thread in fs::read_dir(format!("/proc/{}/task", child.id())).unwrap() {
        let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        assert!(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "{status}");
    }
    let limits = of("limits");
    for name in ["Max open files", "Max file size", "Max core file size", "Max processes"] {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line[name.len()..].split_whitespace().take(2).all(|limit| limit == "0"), "{line}");
    }
    let mut input = child.stdin.take().unwrap();
    input.write_all(&[0; 8]).unwrap();
    input.write_all("# 办法\n\n第一条 甲。\n".as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["Ok"]["metadata"]["title"], "办法", "{read}");
}

#[test]
fn where_calls_cannot_be_closed_nothing_is_read() {
    let place = Place::with(&[("好.md", "# 好\n\n第一条 甲。\n"), ("表.csv", "项目,费用\n体检,280\n")]);
    let wenda = place.command(&[]);
    let mut command = Command::new(strace());
    command.args(["-f", "-qqq", "-o", "/dev/null", "-e", "inject=seccomp:error=EINVAL"]);
    command.arg(wenda.get_program()).args(["reindex", "--json"]);
    command.env_clear().envs(wenda.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|wrong| panic!("{wrong}: {}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(report["documents"], 1, "{report}");
    let reason = report["problems"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("cannot confine its reader"), "{reason}");
}
