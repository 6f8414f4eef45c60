//! Why something that the homeserver was asked for was not done.

use std::{fmt, time::Duration};

use matrix_sdk::{
    HttpError,
    ruma::api::error::{ErrorKind, RetryAfter},
};

/// The pause where the homeserver asks for patience without saying how much.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why something was not done.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The session is no longer known.
    LoggedOut,
    /// It may be tried again after this time.
    Limited(Duration),
    /// The homeserver was not reached, or could not work.
    Down(String),
    /// It was refused, and will be refused again.
    Refused(u16, String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::LoggedOut => write!(formatter, "the homeserver no longer knows the session"),
            Failure::Limited(time) => write!(formatter, "the homeserver asks to wait for {time:?}"),
            Failure::Down(reason) => write!(formatter, "the homeserver cannot be reached: {reason}"),
            Failure::Refused(0, reason) => write!(formatter, "{reason}"),
            Failure::Refused(code, reason) => write!(formatter, "{code}: {reason}"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Failure {
        let Some(refusal) = error.as_client_api_error() else {
            let reason = match error {
                // The address may hold a password.
                HttpError::Reqwest(error) => format!("{:#}", anyhow::Error::from(error.without_url())),
                other => format!("what answers is not a Matrix homeserver ({other})"),
            };
            return Failure::Down(reason);
        };
        let code = refusal.status_code.as_u16();
        match refusal.error_kind() {
            Some(ErrorKind::UnknownToken(_) | ErrorKind::MissingToken) => Failure::LoggedOut,
            Some(ErrorKind::LimitExceeded(limit)) => match limit.retry_after {
                Some(RetryAfter::Delay(time)) => Failure::Limited(time),
                _ => Failure::Limited(PATIENCE),
            },
            _ if code == 429 => Failure::Limited(PATIENCE),
            _ if code >= 500 => Failure::Down(refusal.to_string()),
            _ => Failure::Refused(code, refusal.to_string()),
        }
    }
}

impl From<matrix_sdk::Error> for Failure {
    fn from(error: matrix_sdk::Error) -> Failure {
        match error {
            matrix_sdk::Error::Http(error) => Failure::from(*error),
            matrix_sdk::Error::Timeout | matrix_sdk::Error::ConcurrentRequestFailed => Failure::Down(error.to_string()),
            other => Failure::Refused(0, other.to_string()),
        }
    }
}
