use kop_codec::Uuid;

use super::*;

const TOLD: Told = Told {
    high_watermark: 0,
    log_start: 0,
    failed: false,
    records: false,
};

fn wanted(partition: i32) -> Wanted {
    let topic = TopicKey::Id(Uuid::default());
    Wanted {
        topic,
        partition,
        offset: 0,
        max_bytes: 1,
        leader_epoch: -1,
        last_fetched_epoch: -1,
    }
}

fn create(sessions: &FetchSessions, partitions: i32) -> i32 {
    let told: Vec<_> = (0..partitions).map(|_| TOLD).collect();
    sessions.create((0..partitions).map(wanted).collect(), &told, true)
}

fn changes(set: impl IntoIterator<Item = i32>, forget: impl IntoIterator<Item = i32>) -> Changes {
    let forget = forget
        .into_iter()
        .map(|partition| (TopicKey::Id(Uuid::default()), partition))
        .collect();
    Changes {
        set: set.into_iter().map(wanted).collect(),
        forget,
        by_topic_id: true,
    }
}

#[tokio::test(start_paused = true)]
async fn epochs_follow_one_another() {
    let sessions = FetchSessions::new(10, Metrics::default());
    let id = create(&sessions, 2);
    assert!(id > 0);
    assert_eq!(
        sessions.update(id, 2, changes([], [])).unwrap_err(),
        ErrorCode::INVALID_FETCH_SESSION_EPOCH
    );
    assert_eq!(
        sessions
            .update(id, 1, changes([2], [0]))
            .unwrap()
            .wanted
            .len(),
        2
    );
    assert_eq!(sessions.tell(id, 1, &[TOLD, TOLD]), Ok(vec![false, true]));
    assert_eq!(
        sessions.update(id, 1, changes([], [])).unwrap_err(),
        ErrorCode::INVALID_FETCH_SESSION_EPOCH
    );
    let by_name = Changes {
        by_topic_id: false,
        ..changes([], [])
    };
    assert_eq!(
        sessions.update(id, 2, by_name).unwrap_err(),
        ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR
    );
    assert_eq!(
        sessions.update(id + 1, 2, changes([], [])).unwrap_err(),
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND
    );
    // A second request overtakes the first: the first is told that it is late.
    sessions.update(id, 2, changes([], [])).unwrap();
    sessions.update(id, 3, changes([], [])).unwrap();
    assert_eq!(
        sessions.tell(id, 2, &[TOLD, TOLD]),
        Err(ErrorCode::INVALID_FETCH_SESSION_EPOCH)
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_without_partitions_ends() {
    let sessions = FetchSessions::new(10, Metrics::default());
    let id = create(&sessions, 1);
    assert!(
        sessions
            .update(id, 1, changes([], [0]))
            .unwrap()
            .wanted
            .is_empty()
    );
    assert_eq!(
        sessions.update(id, 2, changes([], [])).unwrap_err(),
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND
    );
    assert_eq!(sessions.metrics.fetch_sessions.get(), 0);
    assert_eq!(sessions.metrics.fetch_session_partitions.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn only_old_sessions_make_room() {
    let sessions = FetchSessions::new(2, Metrics::default());
    let (small, large) = (create(&sessions, 1), create(&sessions, 5));
    assert_eq!(create(&sessions, 3), 0, "both are young");
    tokio::time::advance(EVICTION_AGE + Duration::from_secs(1)).await;
    for id in [small, large] {
        sessions.update(id, 1, changes([], [])).unwrap();
    }
    assert_eq!(create(&sessions, 1), 0, "none is smaller");
    assert_ne!(
        create(&sessions, 3),
        0,
        "the smaller one goes, though in use"
    );
    assert_eq!(
        sessions.update(small, 2, changes([], [])).unwrap_err(),
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND
    );
    tokio::time::advance(EVICTION_AGE + Duration::from_secs(1)).await;
    assert_ne!(
        create(&sessions, 1),
        0,
        "an unused one goes, whatever its size"
    );
    assert_eq!(sessions.metrics.fetch_sessions.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn there_is_a_limit_for_all_partitions() {
    let sessions = FetchSessions::new(10, Metrics::default());
    sessions.sessions.lock().partitions = MAX_PARTITIONS - 1;
    assert_eq!(create(&sessions, 2), 0);
    let id = create(&sessions, 1);
    assert_ne!(id, 0);
    assert_eq!(
        sessions.update(id, 1, changes([7], [])).unwrap_err(),
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND
    );
    assert_eq!(
        sessions.metrics.fetch_session_partitions.get(),
        (MAX_PARTITIONS - 1) as i64
    );
}

#[tokio::test(start_paused = true)]
async fn without_slots_there_are_no_sessions() {
    assert_eq!(create(&FetchSessions::new(0, Metrics::default()), 1), 0);
}

#[tokio::test(start_paused = true)]
async fn who_has_records_to_work_off_waits_less_and_less_short() {
    let sessions = FetchSessions::new(10, Metrics::default());
    let records = Told {
        records: true,
        ..TOLD
    };
    let id = sessions.create((0..3).map(wanted).collect(), &[TOLD, records, TOLD], true);
    let patience = |epoch, changes| {
        let asked = sessions.update(id, epoch, changes).unwrap();
        asked.patience
    };
    assert_eq!(patience(1, changes([], [2])), None, "nothing to work off");
    assert_eq!(patience(2, changes([], [1])), Some(FIRST_PATIENCE));
    assert_eq!(patience(3, changes([], [])), Some(FIRST_PATIENCE * 2));
    let mut epoch = 4;
    while let Some(patience) = patience(epoch, changes([], [])) {
        assert!(patience < MOST_PATIENCE);
        epoch += 1;
    }
    assert!(epoch < 15);
    assert_eq!(patience(epoch + 1, changes([1], [])), None);
}
