//! Properties of the small values.

use bytes::Bytes;

use crate::Backend;

/// Values are set, replaced, removed, listed by prefix in order, and kept over a restart.
pub async fn values_are_kept_by_key(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let store = catalog.metadata();
    let value = |text: &'static str| Some(Bytes::from_static(text.as_bytes()));
    // Without waiting in between: the order of the calls counts.
    let puts = [
        ("b/2", value("x")),
        ("b/1", value("1")),
        ("b/2", value("2")),
        ("a", value("")),
        ("b/3", value("3")),
        ("bz", value("z")),
    ];
    let calls: Vec<_> = puts
        .into_iter()
        .map(|(key, value)| store.put(key, value))
        .collect();
    for call in calls {
        call.await.expect("put");
    }
    store.put("b/3", None).await.expect("removed");
    store
        .put("never there", None)
        .await
        .expect("removing nothing is no error");
    assert_eq!(
        (store.get("b/2"), store.get("a"), store.get("b/3")),
        (value("2"), value(""), None)
    );
    drop(store);
    catalog.close().await.expect("closed");
    drop(catalog);

    let store = backend.open().await.metadata();
    let pairs = |list: Vec<(String, Bytes)>| -> Vec<(String, String)> {
        list.into_iter()
            .map(|(key, value)| (key, String::from_utf8_lossy(&value).into_owned()))
            .collect()
    };
    let expected =
        [("b/1", "1"), ("b/2", "2")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(pairs(store.scan("b/")), expected);
    assert_eq!(store.get("a"), value(""));
    assert!(store.scan("c").is_empty());
}
