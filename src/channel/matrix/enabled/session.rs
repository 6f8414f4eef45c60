//! The session: logged in once, kept for good. One device for life: a new one would have none of the keys.

use std::{path::Path, time::Duration};

use anyhow::Context;
use matrix_sdk::{
    Client, SessionMeta, SessionTokens, SqliteStoreConfig,
    authentication::matrix::MatrixSession,
    config::RequestConfig,
    cross_process_lock::CrossProcessLockConfig,
    encryption::{BackupDownloadStrategy, EncryptionSettings, recovery::RecoveryState},
    ruma::UserId,
};
use serde_json::Value;
use tokio::time::sleep;

use super::{
    failure::Failure,
    vault::{Vault, afresh},
};
use crate::{
    channel::counter::blocking,
    config::{Login, Matrix, Secret, host_of},
};

/// A request is given up after this time.
const CALL: Duration = Duration::from_secs(30);

/// So often a request is tried where the network fails.
const TRIES: usize = 4;

/// The pause before an unreachable homeserver is tried again.
const PAUSE: Duration = Duration::from_secs(10);

/// What other people see of the session.
const DEVICE_NAME: &str = "Wenda";

/// A client that is logged in. A homeserver that cannot be reached is waited for where the session was good before; at the
/// first start it is a mistake to be told.
///
/// # Errors
/// When the account or the store cannot be used: the message says what to do.
pub(super) async fn open(matrix: &Matrix, state: &Path) -> anyhow::Result<Client> {
    let (folder, key) = (state.to_owned(), matrix.store_key.clone());
    let mut vault = blocking(move || Vault::open(&folder, &key)).await?;
    let client = build(matrix, Some(&vault)).await?;
    match vault.session().cloned() {
        Some(session) => restore(&client, matrix, session, &mut vault).await?,
        None => log_in(&client, matrix, &mut vault).await?,
    }
    Ok(client)
}

/// Whether the homeserver accepts the account: who it is, or what to do.
///
/// # Errors
/// When it does not, or cannot be reached.
pub(super) async fn check(matrix: &Matrix, state: &Path) -> anyhow::Result<String> {
    let client = build(matrix, None).await?;
    if Vault::exists(state) {
        let (folder, key) = (state.to_owned(), matrix.store_key.clone());
        let vault = blocking(move || Vault::open(&folder, &key)).await?;
        if let Some(session) = vault.session() {
            same_user(matrix, &session.meta.user_id, &vault)?;
            let (user, device) = who(&client, matrix, &session.tokens.access_token, Some(&vault)).await?;
            return Ok(format!("the session of {user} is good, device {device}"));
        }
    }
    match &matrix.login {
        Login::Token { token, device } => {
            let (user, known) = who(&client, matrix, token.expose(), None).await?;
            same_device(device.as_deref(), &known)?;
            Ok(format!("the access token is good for {user}, device {known}"))
        }
        Login::Password(password) => {
            let auth = client.matrix_auth();
            let login = auth.login_username(&matrix.user, password.expose());
            let response = login.initial_device_display_name(DEVICE_NAME).send().await;
            let user = response.map_err(|error| explain(matrix, error.into()))?.user_id;
            // The device was for this check only.
            if let Err(error) = auth.logout().await {
                tracing::warn!("the session of the check was not ended: {error}");
            }
            Ok(format!("the password is good for {user}"))
        }
    }
}

/// A client; without a vault it keeps nothing.
async fn build(matrix: &Matrix, vault: Option<&Vault>) -> anyhow::Result<Client> {
    let encryption = EncryptionSettings {
        auto_enable_cross_signing: vault.is_some(),
        backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
        auto_enable_backups: false,
    };
    let mut builder = Client::builder()
        .request_config(RequestConfig::new().timeout(CALL).retry_limit(TRIES))
        .cross_process_store_config(CrossProcessLockConfig::SingleProcess)
        .with_encryption_settings(encryption);
    builder = if matrix.homeserver.contains("://") {
        builder.homeserver_url(&matrix.homeserver)
    } else {
        builder.server_name_or_homeserver_url(&matrix.homeserver)
    };
    if let Some(vault) = vault {
        let key = vault.store_key();
        let store = SqliteStoreConfig::with_low_memory_config(vault.folder()).key(Some(&key));
        builder = builder.sqlite_store_with_config_and_cache_path(store, None::<&Path>);
    }
    builder.build().await.map_err(|error| {
        use matrix_sdk::ClientBuildError::{Http, SqliteStore};
        match (error, vault) {
            (SqliteStore(error), Some(vault)) => anyhow::anyhow!(
                "the databases in {} cannot be opened ({error}); if they are damaged, {}",
                vault.folder().display(),
                afresh(vault.folder())
            ),
            (Http(error), _) => explain(matrix, error.into()),
            (error, _) => anyhow::anyhow!(
                "no homeserver was found at MATRIX_HOMESERVER={} ({error}); is the address right, and the network up?",
                host_of(&matrix.homeserver)
            ),
        }
    })
}

async fn restore(
    client: &Client,
    matrix: &Matrix,
    mut session: MatrixSession,
    vault: &mut Vault,
) -> anyhow::Result<()> {
    same_user(matrix, &session.meta.user_id, vault)?;
    if let Login::Token { token, device } = &matrix.login
        && token.expose() != session.tokens.access_token
    {
        same_device(device.as_deref(), session.meta.device_id.as_str())?;
        let (_, known) = who(client, matrix, token.expose(), Some(vault)).await?;
        same_device(Some(session.meta.device_id.as_str()), &known)?;
        session.tokens.access_token = token.expose().to_owned();
        vault.keep(session.clone())?;
    }
    loop {
        match identify(client, &session.tokens.access_token).await {
            Ok(_) => break,
            Err(Failure::LoggedOut) => anyhow::bail!(logged_out(matrix, vault.folder())),
            Err(failure) => {
                tracing::warn!("{:#}; trying again in {PAUSE:?}", explain(matrix, failure));
                sleep(PAUSE).await;
            }
        }
    }
    client
        .restore_session(session)
        .await
        .map_err(|error| anyhow::anyhow!("the kept session cannot be used ({error}); {}", afresh(vault.folder())))
}

async fn log_in(client: &Client, matrix: &Matrix, vault: &mut Vault) -> anyhow::Result<()> {
    let session = match &matrix.login {
        Login::Password(password) => {
            let auth = client.matrix_auth();
            let login = auth.login_username(&matrix.user, password.expose()).initial_device_display_name(DEVICE_NAME);
            login.send().await.map_err(|error| explain(matrix, error.into()))?;
            auth.session().context("the login brought no session")?
        }
        Login::Token { token, device } => {
            let (user, known) = who(client, matrix, token.expose(), None).await?;
            same_user(matrix, <&UserId>::try_from(user.as_str())?, vault)?;
            same_device(device.as_deref(), &known)?;
            let session = MatrixSession {
                meta: SessionMeta { user_id: UserId::parse(&user)?, device_id: known.as_str().into() },
                tokens: SessionTokens { access_token: token.expose().to_owned(), refresh_token: None },
            };
            client.restore_session(session.clone()).await?;
            session
        }
    };
    vault.keep(session)
}

/// User and device of an access token.
async fn who(client: &Client, matrix: &Matrix, token: &str, vault: Option<&Vault>) -> anyhow::Result<(String, String)> {
    identify(client, token).await.map_err(|failure| match (failure, vault) {
        (Failure::LoggedOut, Some(vault)) => anyhow::anyhow!(logged_out(matrix, vault.folder())),
        (Failure::LoggedOut, None) => anyhow::anyhow!(
            "the homeserver does not accept MATRIX_ACCESS_TOKEN (M_UNKNOWN_TOKEN); log in once more and copy the new token \
             and its MATRIX_DEVICE_ID, or set MATRIX_PASSWORD instead"
        ),
        (failure, _) => explain(matrix, failure),
    })
}

/// User and device of an access token. Asked without the library, which knows only the token of its own session.
async fn identify(client: &Client, token: &str) -> Result<(String, String), Failure> {
    let down =
        |error: matrix_sdk::reqwest::Error| Failure::Down(format!("{:#}", anyhow::Error::from(error.without_url())));
    let address = client.homeserver().join("_matrix/client/v3/account/whoami");
    let address = address.map_err(|error| Failure::Down(error.to_string()))?;
    let request = client.http_client().get(address).timeout(CALL).bearer_auth(token);
    let response = request.send().await.map_err(down)?;
    let status = response.status().as_u16();
    let body: Value = serde_json::from_slice(&response.bytes().await.map_err(down)?).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match status {
        200 if body["user_id"].is_string() => Ok((text("user_id"), text("device_id"))),
        401 => Err(Failure::LoggedOut),
        429 => Err(Failure::Limited(Duration::from_millis(body["retry_after_ms"].as_u64().unwrap_or(5000)))),
        200 | 404 | 500.. => Err(Failure::Down(format!("{status} {}", text("error")))),
        _ => Err(Failure::Refused(status, text("error"))),
    }
}

fn same_user(matrix: &Matrix, user: &UserId, vault: &Vault) -> anyhow::Result<()> {
    let wanted = matrix.user.as_str();
    anyhow::ensure!(
        wanted == user.as_str() || wanted.trim_start_matches('@') == user.localpart(),
        "{} belongs to {user}, and MATRIX_USER is {wanted}; set it back, or {}",
        vault.folder().display(),
        afresh(vault.folder())
    );
    Ok(())
}

fn same_device(wanted: Option<&str>, known: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        wanted.is_none_or(|wanted| wanted == known),
        "the access token belongs to the device {known}, not to {}; set MATRIX_ACCESS_TOKEN and MATRIX_DEVICE_ID of one session",
        wanted.unwrap_or_default()
    );
    Ok(())
}

/// What to do about a failure at the door.
fn explain(matrix: &Matrix, failure: Failure) -> anyhow::Error {
    let (homeserver, user) = (host_of(&matrix.homeserver), &matrix.user);
    match failure {
        Failure::Refused(401 | 403, reason) => anyhow::anyhow!(
            "the homeserver {homeserver} does not accept MATRIX_PASSWORD for MATRIX_USER={user} ({reason}); check both, for \
             instance by logging in with Element"
        ),
        Failure::Down(reason) => anyhow::anyhow!(
            "the homeserver cannot be reached at MATRIX_HOMESERVER={homeserver} ({reason}); is the address right, and the \
             network up?"
        ),
        Failure::Limited(time) => {
            anyhow::anyhow!("the homeserver {homeserver} refuses further logins for now; start again after {time:?}")
        }
        failure => anyhow::anyhow!("the homeserver {homeserver} refuses {user}: {failure}"),
    }
}

/// What to do about a session that is no longer known.
pub(super) fn logged_out(matrix: &Matrix, folder: &Path) -> String {
    format!(
        "the homeserver has logged out the session of {} (M_UNKNOWN_TOKEN). No new one is made, because it would lack the keys \
         of the old one. To go on all the same, {}; questions that wait are not lost",
        matrix.user,
        afresh(folder)
    )
}

/// The folder of the session, for messages.
pub(super) fn folder(state: &Path) -> std::path::PathBuf {
    state.join("matrix")
}

/// Makes the device a verified one, and keeps its keys on the homeserver, where the operator supplies a recovery key. The bot
/// answers without it, too.
pub(super) async fn secure(client: &Client, recovery_key: Option<&Secret>) {
    let encryption = client.encryption();
    encryption.wait_for_e2ee_initialization_tasks().await;
    let recovery = encryption.recovery();
    let state = recovery.state();
    let outcome = match (state, recovery_key) {
        (RecoveryState::Enabled, _) => Ok("keys are backed up and this device is verified"),
        (RecoveryState::Incomplete, Some(key)) => recovery
            .recover(key.expose())
            .await
            .map(|()| "the recovery key was accepted: this device is verified")
            .map_err(|error| {
                format!("MATRIX_RECOVERY_KEY does not open what the account keeps on the homeserver ({error})")
            }),
        (RecoveryState::Incomplete, None) => {
            Err("the account has a recovery key; set MATRIX_RECOVERY_KEY, so that this device \
                                                  can be verified and other people's programs do not warn of it"
                .to_owned())
        }
        (_, Some(key)) => recovery
            .enable()
            .with_passphrase(key.expose())
            .await
            .map(|_| "MATRIX_RECOVERY_KEY now opens the account's keys; they are backed up on the homeserver")
            .map_err(|error| format!("the backup of keys cannot be set up ({error})")),
        (_, None) => Ok("no MATRIX_RECOVERY_KEY is set: keys live in the state folder only"),
    };
    match outcome {
        Ok(good) => tracing::info!("Matrix: {good}"),
        Err(problem) => tracing::warn!("Matrix: {problem}"),
    }
}
