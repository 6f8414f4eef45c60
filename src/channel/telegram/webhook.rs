//! The webhook: Telegram delivers updates to a small HTTP server, which stands behind a reverse proxy that speaks https.
//! A delivery is accepted only after it stands in the inbox; whatever else comes is turned away.

use std::{convert::Infallible, sync::Arc, time::Duration};

use anyhow::Context;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming as Body},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use teloxide::payloads::{SetWebhook, SetWebhookSetters};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};

use super::{
    Office,
    intake::{WANTED, take_in},
};
use crate::{
    channel::lanes::Lanes,
    config::{Webhook, host_of},
};

/// Updates are a few kilobytes; nothing larger than this is read.
const LARGEST: usize = 4 * 1024 * 1024;

/// Connections at once; Telegram opens 40 at most.
const CONNECTIONS: usize = 128;

/// A delivery has to arrive within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// The header in which Telegram shows the secret.
const HEADER: &str = "x-telegram-bot-api-secret-token";

/// What a delivery is compared with.
struct Door {
    path: String,
    /// The hash of the secret: comparing hashes takes the same time whatever they are (blake3 promises it).
    secret: blake3::Hash,
    office: Arc<Office>,
    lanes: Arc<Lanes<Office>>,
}

/// Awaits deliveries.
///
/// # Errors
/// When the address cannot be listened on, or Telegram does not accept it.
pub(super) async fn serve(
    office: &Arc<Office>,
    lanes: &Arc<Lanes<Office>>,
    config: &Webhook,
) -> anyhow::Result<Infallible> {
    let secret = match &config.secret {
        Some(secret) => secret.expose().to_owned(),
        None => office.journal.asker("webhook", &config.url).0,
    };
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}; set TELEGRAM_WEBHOOK_LISTEN to a free port", config.listen))?;
    let door = Arc::new(Door {
        path: config.path.clone(),
        secret: blake3::hash(secret.as_bytes()),
        office: office.clone(),
        lanes: lanes.clone(),
    });
    let url = config.url.parse().context("TELEGRAM_WEBHOOK_URL is not an address")?;
    let announcement = SetWebhook::new(url).secret_token(secret).allowed_updates(WANTED);
    let announce = async {
        office.sender.insist(None, &announcement).await.context("Telegram does not accept TELEGRAM_WEBHOOK_URL")
    };
    let accepting = accept(listener, door);
    tokio::pin!(accepting);
    tokio::select! {
        announced = announce => announced?,
        never = &mut accepting => match never {},
    };
    // Telegram advises a path that nobody can guess: the log does not tell it.
    tracing::info!("Telegram delivers to {}, which leads to {}", host_of(&config.url), config.listen);
    match accepting.await {}
}

async fn accept(listener: TcpListener, door: Arc<Door>) -> Infallible {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { continue };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!("a connection could not be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let door = door.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let door = door.clone();
                async move { Ok::<_, Infallible>(respond(door.receive(request).await)) }
            });
            let served =
                http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
            if let Err(error) = served {
                tracing::debug!("a delivery broke off: {error}");
            }
            drop(place);
        });
    }
}

fn respond(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

impl Door {
    /// Takes a delivery in, and says what to answer.
    async fn receive(&self, request: Request<Body>) -> StatusCode {
        if request.uri().path().trim_end_matches('/') != self.path.trim_end_matches('/') {
            return StatusCode::NOT_FOUND;
        }
        if request.method() != Method::POST {
            return StatusCode::METHOD_NOT_ALLOWED;
        }
        let shown = request.headers().get(HEADER).map_or(&[][..], |value| value.as_bytes());
        if blake3::hash(shown) != self.secret {
            return StatusCode::UNAUTHORIZED;
        }
        let Ok(Ok(body)) = timeout(PATIENCE, Limited::new(request.into_body(), LARGEST).collect()).await else {
            return StatusCode::BAD_REQUEST;
        };
        let Ok(update) = serde_json::from_slice::<Value>(&body.to_bytes()) else { return StatusCode::BAD_REQUEST };
        match take_in(&self.office, &self.lanes, &[update]).await {
            Ok(()) => StatusCode::OK,
            Err(error) => {
                tracing::error!("a delivery could not be stored, Telegram will repeat it: {error:#}");
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}
