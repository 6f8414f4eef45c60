//! Who reads the output may go away before its end, as `head` does.

use std::{
    io::{Write, pipe},
    process::{Command, Stdio},
};

use crate::harness::Place;

const NOTICE: &str = "# 图书馆通告\n\n图书馆周一闭馆。\n";

/// A pipe whose reader has gone.
fn closed() -> Stdio {
    let (_, writer) = pipe().unwrap();
    writer.into()
}

/// Runs a command whose output nobody reads: it must end well, and leave no complaint where that can be read.
fn unheard(mut command: Command, input: &str, both: bool) {
    let name = format!("{:?}", command.get_args().collect::<Vec<_>>());
    command.stdin(Stdio::piped()).stdout(closed());
    if both {
        command.stderr(closed()).env("WENDA_LOG", "trace");
    }
    let mut child = command.spawn().unwrap();
    _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!error.contains("panicked") && !error.contains("error:"), "{name}: {error}");
    assert_eq!(output.status.code(), Some(0), "{name}: {error}");
}

#[test]
fn no_subcommand_minds_that_nobody_reads_its_output() {
    let question =
        "{\"id\":\"1\",\"question\":\"图书馆周一开门吗？\",\"answers\":[[\"周一闭馆\"]],\"answerable\":true}\n";
    let commands: [(&[&str], &str); 15] = [
        (&["reindex"], ""),
        (&["reindex", "--json"], ""),
        (&["ask", "图书馆周一开门吗？"], ""),
        (&["ask", "--json", "图书馆周一开门吗？"], ""),
        (&["ask", "--explain", "图书馆周一开门吗？"], ""),
        (&["ask", "--jsonl"], question),
        (&["chat"], "图书馆周一开门吗？\n图书馆在哪里？\n"),
        (&["text", "图书馆.md"], ""),
        (&["evaluate", "--each", "questions.jsonl"], ""),
        (&["evaluate", "--features", "passages", "questions.jsonl"], ""),
        (&["exclude", "通知.md"], ""),
        (&["exclude"], ""),
        (&["report", "--output", "-"], ""),
        (&["check"], ""),
        (&["--help"], ""),
    ];
    let place = Place::with(&[("图书馆.md", NOTICE), ("通知.md", "# 通知\n\n周二开放。\n")]);
    std::fs::write(place.state().parent().unwrap().join("questions.jsonl"), question).unwrap();
    assert_eq!(place.run(&["reindex"]).code, 0);
    for (arguments, input) in commands {
        unheard(place.command(arguments), input, false);
        unheard(place.command(arguments), input, true);
    }
    // What was asked for is done all the same.
    place.write("新.md", "# 新\n\n新办公楼在人民路。\n".as_bytes());
    unheard(place.command(&["reindex"]), "", true);
    assert!(place.run(&["text", "新.md"]).out.contains("人民路"));
    unheard(place.command(&["rollback"]), "", true);
    assert_eq!(place.run(&["exclude", "图书馆.md"]).code, 0);
    unheard(place.command(&["include", "图书馆.md"]), "", true);
    assert_eq!(place.run(&["exclude"]).out, "通知.md\n");
}
