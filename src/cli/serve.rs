//! `wenda serve`: every channel that the settings configure; the terminal where they configure none.

use std::{process::ExitCode, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use super::{chat, opening, voice::remark};
use crate::{
    bot::Desk,
    channel::{matrix, telegram},
    config::Config,
    journal::Journal,
};

/// How often the bot looks whether another process has published an index.
const REFRESH: Duration = Duration::from_secs(1);

/// How often the bot looks at the folder of documents, where it watches it.
const WATCH: Duration = Duration::from_secs(2);

/// How often what is too old is erased.
const PURGE: Duration = Duration::from_secs(3600);

pub(super) fn run(config: Config) -> anyhow::Result<ExitCode> {
    if config.telegram.is_none() && config.matrix.is_none() {
        remark("No channel is configured, so this is the terminal. Type a question, or /help; end with Ctrl-D.");
        remark(
            "To answer on Telegram or Matrix, set TELEGRAM_TOKEN or the MATRIX_ settings in .env; .env.example lists all.",
        );
        return chat::run(config);
    }
    let journal = Arc::new(Journal::open(&config.state)?);
    let _reserved = Journal::reserve(&config.state)?;
    keep_panics_private();
    let index = opening::open(&config)?;
    let desk = Arc::new(Desk::new(config.clone(), index, journal)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(serve(&desk, &config));
    // What still runs has been given its time.
    runtime.shutdown_background();
    ended.map(|()| ExitCode::SUCCESS)
}

/// Runs the channels until a signal comes. One that cannot go on says why; the others do not suffer for it.
async fn serve(desk: &Arc<Desk>, config: &Config) -> anyhow::Result<()> {
    let (stop, _) = watch::channel(false);
    tokio::spawn(heed_signals(stop.clone())?);
    tokio::spawn(every(REFRESH, desk.clone(), Desk::refresh));
    if config.watch {
        tokio::spawn(every(WATCH, desk.clone(), Desk::watch));
    }
    tokio::spawn(every(PURGE, desk.clone(), Desk::purge));
    let warmed = desk.clone();
    tokio::task::spawn_blocking(move || {
        warmed.warm_up().unwrap_or_else(|error| tracing::error!("the index cannot be read: {error:#}"));
    });
    let shutdown = || {
        let mut stopped = stop.subscribe();
        async move { _ = stopped.wait_for(|stopped| *stopped).await }
    };
    let both = config.telegram.is_some() && config.matrix.is_some();
    let ended = |ended: anyhow::Result<()>| {
        ended.inspect_err(|error| {
            if both {
                tracing::error!("a channel has ended: {error:#}");
            }
        })
    };
    let (telegram, matrix) =
        tokio::join!(async { ended(telegram::run(desk.clone(), config, shutdown()).await) }, async {
            ended(matrix::run(desk.clone(), config, shutdown()).await)
        },);
    // What is too old is not left lying about on a bot that is switched off.
    let last = desk.clone();
    tokio::task::spawn_blocking(move || last.purge()).await??;
    telegram.and(matrix)
}

/// The message of a panic may hold words of a citizen: the log says only where it happened.
fn keep_panics_private() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("a defect in the program: it panicked at {place}");
    }));
}

/// Does a chore of the desk again and again. A failure is told when it changes.
async fn every(period: Duration, desk: Arc<Desk>, chore: fn(&Desk) -> anyhow::Result<()>) {
    let mut ticks = interval(period);
    // What took longer than its period is not made up for.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = String::new();
    loop {
        ticks.tick().await;
        let desk = desk.clone();
        let outcome = tokio::task::spawn_blocking(move || chore(&desk)).await;
        let failure = match outcome {
            Ok(Ok(())) => String::new(),
            Ok(Err(error)) => format!("{error:#}"),
            Err(error) => error.to_string(),
        };
        if !failure.is_empty() && failure != told {
            tracing::error!("{failure}");
        }
        told = failure;
    }
}

/// Stops the channels at the first SIGTERM or ^C, and the process at the second.
#[cfg(unix)]
fn heed_signals(stop: watch::Sender<bool>) -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        loop {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            halt(&stop);
        }
    })
}

/// Stops the channels at the first ^C, and the process at the second.
#[cfg(not(unix))]
fn heed_signals(stop: watch::Sender<bool>) -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            halt(&stop)
        }
    })
}

fn halt(stop: &watch::Sender<bool>) {
    if stop.send_replace(true) {
        std::process::exit(130);
    }
    tracing::info!("finishing what came in; once more to stop at once");
}
