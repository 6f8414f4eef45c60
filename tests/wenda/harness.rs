//! Runs the program in a folder of its own.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A corpus and an index that disappear with the test.
pub struct Place {
    folder: TempDir,
    corpus: PathBuf,
}

/// What the program printed, and its exit code.
pub struct Said {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Place {
    /// The corpus that is bundled with the program.
    pub fn bundled() -> Place {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        Place { folder: TempDir::new().unwrap(), corpus }
    }

    /// A corpus of files with their contents.
    pub fn with(files: &[(&str, &str)]) -> Place {
        let folder = TempDir::new().unwrap();
        let place = Place { corpus: folder.path().join("corpus"), folder };
        fs::create_dir(&place.corpus).unwrap();
        for (name, text) in files {
            place.write(name, text.as_bytes());
        }
        place
    }

    /// Writes a file of the corpus.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.corpus.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// A path in the corpus.
    pub fn file(&self, name: &str) -> PathBuf {
        self.corpus.join(name)
    }

    /// The folder of the index.
    pub fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    /// The folder of what outlives a restart.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The program, ready to be started here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wenda"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("CORPUS_DIR", &self.corpus).env("INDEX_DIR", self.index());
        command.env("STATE_DIR", self.state());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments).output().unwrap())
    }

    /// Runs the program to its end with something to read.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Said {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        said(child.wait_with_output().unwrap())
    }

    /// The answer object to a question.
    pub fn answer(&self, question: &str) -> Value {
        let said = self.run(&["ask", "--json", question]);
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err))
    }
}

fn said(output: Output) -> Said {
    Said {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// The quoted texts of an answer.
pub fn quotes(answer: &Value) -> Vec<String> {
    answer["quotes"].as_array().unwrap().iter().map(|quote| quote["text"].as_str().unwrap().to_owned()).collect()
}

/// Numbers that look random and are the same in every run (Marsaglia, Xorshift RNGs, 2003).
pub struct Dice(pub u64);

impl Dice {
    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
