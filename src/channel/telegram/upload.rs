//! A document that an admin sends as a file: fetched, and handed to the desk.

use std::sync::Arc;

use teloxide::{payloads::GetFile, types::FileId};

use super::{
    Office,
    api::{Failure, LARGEST_DOWNLOAD},
    deliver::Letter,
    update::File,
};
use crate::bot::{Reply, Visitor, words::Words};

pub(super) async fn receive(
    office: &Arc<Office>,
    file: &File,
    visitor: &Visitor,
    letter: &Letter,
) -> Result<(), Failure> {
    let words = Words(visitor.language.unwrap_or_default());
    if file.file_size.is_some_and(|size| size > LARGEST_DOWNLOAD) {
        let reply = Reply::say(words.upload_too_large(LARGEST_DOWNLOAD / 1024 / 1024));
        return letter.deliver(office, &reply).await;
    }
    let name = file.file_name.clone().unwrap_or_default();
    let reply = match fetch(office, file).await {
        Ok(bytes) => office.counter.consult(words, move |desk, _| desk.upload(&name, &bytes, words)).await,
        Err(failure) => Reply::say(words.upload_refused(&failure.to_string())),
    };
    letter.deliver(office, &reply).await
}

async fn fetch(office: &Office, file: &File) -> Result<Vec<u8>, Failure> {
    let found = office.sender.insist(None, &GetFile::new(FileId(file.file_id.clone()))).await?;
    let path = found["file_path"].as_str().ok_or_else(|| Failure::Unclear("the file has no path".to_owned()))?;
    office.api.download(path).await
}
