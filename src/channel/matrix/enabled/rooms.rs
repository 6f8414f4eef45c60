//! Rooms: whose invitations are accepted, which room is a conversation of two, and when the bot leaves.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use matrix_sdk::{
    Room, RoomMemberships, RoomState,
    ruma::{OwnedRoomId, RoomId, RoomOrAliasId, UserId},
};
use tokio::time::{Instant, timeout};

use super::{Office, address::Me, event::Event, failure::Failure};

/// Invitations of one person that are accepted within an hour; the others wait.
const PER_INVITER: usize = 30;
const PERIOD: Duration = Duration::from_secs(3600);

/// An invitation that is refused to us so often is dropped.
const TRIES: usize = 3;

/// The pause before an invitation is tried again, and before all rooms are looked at without cause.
const PAUSE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_secs(60);

/// What is remembered of invitations.
#[derive(Default)]
struct Invitations {
    accepted: HashMap<String, VecDeque<Instant>>,
    tried: HashMap<OwnedRoomId, (usize, Instant)>,
}

/// Looks after invitations and abandoned rooms.
pub(super) async fn keep(office: &Arc<Office>) {
    let mut invitations = Invitations::default();
    let mut changed = office.changed.subscribe();
    loop {
        for room in office.client.invited_rooms() {
            invitations.answer(office, &room).await;
        }
        for room in office.client.joined_rooms() {
            // The count may be wrong where members are still unknown; the list is not.
            if room.active_members_count() <= 1 && is_alone(&room).await {
                leave(&room, "nobody else is there").await;
            }
        }
        let pending = !office.client.invited_rooms().is_empty();
        _ = timeout(if pending { PAUSE } else { LOOK }, changed.changed()).await;
    }
}

impl Invitations {
    /// Accepts an invitation, declines it, or leaves it for later.
    async fn answer(&mut self, office: &Office, room: &Room) {
        let now = Instant::now();
        let (tries, next) = self.tried.get(room.room_id()).copied().unwrap_or((0, now));
        if next > now {
            return;
        }
        let Ok(invite) = room.invite_details().await else { return };
        let inviter = invite.inviter_id.to_string();
        if !office.settings.invites.accept(&inviter) || room.is_space() || tries >= TRIES {
            self.tried.insert(room.room_id().to_owned(), (tries + 1, now + LOOK));
            return leave(room, "the invitation is not accepted").await;
        }
        if !self.has_place(&inviter, now) {
            tracing::info!("Matrix: an invitation waits, because its sender invites too often");
            self.tried.insert(room.room_id().to_owned(), (tries, now + LOOK));
            return;
        }
        match office.client.join_room_by_id(room.room_id()).await.map_err(Failure::from) {
            Ok(_) => {
                self.tried.remove(room.room_id());
                self.accepted.entry(inviter).or_default().push_back(now);
                tracing::info!("Matrix: joined a room");
            }
            Err(failure) => {
                let (tries, pause) = match &failure {
                    Failure::Refused(..) => (tries + 1, PAUSE),
                    Failure::Limited(time) => (tries, *time),
                    Failure::Down(_) | Failure::LoggedOut => (tries, PAUSE),
                };
                tracing::warn!("Matrix: a room cannot be joined: {failure}");
                self.tried.insert(room.room_id().to_owned(), (tries, Instant::now() + pause));
            }
        }
    }

    /// Whether a person may have one more invitation accepted.
    fn has_place(&mut self, inviter: &str, now: Instant) -> bool {
        self.accepted.retain(|_, times| {
            times.retain(|time| now < *time + PERIOD);
            !times.is_empty()
        });
        self.accepted.get(inviter).is_none_or(|times| times.len() < PER_INVITER)
    }
}

async fn is_alone(room: &Room) -> bool {
    room.members(RoomMemberships::ACTIVE).await.is_ok_and(|members| members.len() <= 1)
}

async fn leave(room: &Room, reason: &str) {
    if let Err(error) = room.leave().await {
        return tracing::warn!("Matrix: a room cannot be left: {}", Failure::from(error));
    }
    tracing::info!("Matrix: left a room: {reason}");
    if let Err(error) = room.forget().await {
        tracing::debug!("Matrix: a room cannot be forgotten: {error}");
    }
}

/// Whether the bot and one person are alone in a room. `m.direct` says nothing of it: that is the other side's own note.
pub(super) async fn is_direct(room: &Room) -> bool {
    room.active_members_count() <= 2
        && room.members(RoomMemberships::ACTIVE).await.is_ok_and(|members| members.len() <= 2)
}

/// The bot as others in a room see it.
pub(super) async fn me(office: &Office, room: &Room) -> Me {
    let known = match UserId::parse(&office.me) {
        Ok(id) => room.get_member_no_sync(&id).await.ok().flatten(),
        Err(_) => None,
    };
    let name = known.and_then(|member| member.display_name().map(str::to_owned));
    let local = || office.me.trim_start_matches('@').split(':').next().unwrap_or_default().to_owned();
    Me { id: office.me.clone(), name: name.filter(|name| !name.trim().is_empty()).unwrap_or_else(local) }
}

/// Follows a room to the one that takes its place.
pub(super) async fn follow(office: &Office, event: &Event, successor: &str) -> Result<(), Failure> {
    let wrong = |error: matrix_sdk::IdParseError| Failure::Refused(0, error.to_string());
    let room = RoomOrAliasId::parse(successor).map_err(wrong)?;
    // The id of a room need not name a server; the one that closed the old room knows the new one.
    let server = UserId::parse(&event.sender).map_err(wrong)?.server_name().to_owned();
    let known = RoomId::parse(successor).ok().and_then(|id| office.client.get_room(&id));
    if known.is_some_and(|known| known.state() == RoomState::Joined) {
        return Ok(());
    }
    let joined = office.insist("join", || async {
        office.client.join_room_by_id_or_alias(&room, std::slice::from_ref(&server)).await.map_err(Failure::from)
    });
    joined.await.map(|_| ())
}
