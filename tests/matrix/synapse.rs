//! Synapse and matrix-nio from PyPI, in a Python environment under the target folder, and one Synapse for all stories. Where
//! they cannot be had the tests fail and say so; they are never skipped.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

/// What is installed.
const PACKAGES: [&str; 2] = ["matrix-synapse==1.163.2", "matrix-nio[e2e]==0.26.0"];

/// What registers users.
pub(crate) const SECRET: &str = "shared";

/// A server that runs as long as the tests: it ends when its input does.
pub(crate) struct Synapse {
    pub(crate) port: u16,
    _folder: TempDir,
    _input: ChildStdin,
    _child: Child,
}

impl Synapse {
    /// The server of all stories.
    pub(crate) fn shared() -> &'static Synapse {
        static SHARED: OnceLock<Synapse> = OnceLock::new();
        SHARED.get_or_init(Synapse::start)
    }

    /// Address of the server.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn start() -> Synapse {
        let folder = tempfile::Builder::new().prefix("wenda-synapse-").tempdir().expect("a temporary folder");
        let port = free_port();
        let mut command = Command::new(python());
        command.arg(script("serve.py")).arg(folder.path()).arg(port.to_string());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Synapse can be started");
        let mut line = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("a pipe that can be read");
        if line.trim() != "ready" {
            let mut told = String::new();
            let _ = child.stderr.take().expect("a pipe").read_to_string(&mut told);
            let log = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
            panic!("Synapse, with which the Matrix tests work, does not start:\n{told}\n{log}");
        }
        let input = child.stdin.take().expect("a pipe");
        Synapse { port, _folder: folder, _input: input, _child: child }
    }
}

/// A port of loopback that nobody uses now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
    listener.local_addr().expect("a bound address").port()
}

/// A script beside the tests.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix").join(name)
}

/// The Python that has what the tests need; installed where it is missing, by one process at a time.
pub(crate) fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrix-python");
        let lock = fs::File::create(folder.with_extension("lock")).expect("the target folder can be written");
        lock.lock().expect("a lock");
        let (python, ready) = (folder.join("bin/python"), folder.join("ready"));
        let wanted = PACKAGES.join("\n");
        if fs::read_to_string(&ready).is_ok_and(|known| known == wanted) && python.exists() {
            return python;
        }
        let _ = fs::remove_dir_all(&folder);
        run(Command::new("python3").args(["-m", "venv", "--without-pip"]).arg(&folder));
        let install = ["-m", "pip", "--python"];
        let options = ["install", "--quiet", "--disable-pip-version-check", "--only-binary", "matrix-synapse"];
        run(Command::new("python3").args(install).arg(&python).args(options).args(PACKAGES));
        fs::write(&ready, wanted).expect("the target folder can be written");
        python
    })
}

/// Runs a step of the installation.
fn run(command: &mut Command) {
    let advice = "the Matrix tests need Python 3.11 or newer with pip, and the packages matrix-synapse and matrix-nio";
    let output = command.output().unwrap_or_else(|error| panic!("{advice}; {command:?} cannot be started: {error}"));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{advice}; {command:?} failed:\n{told}");
}
