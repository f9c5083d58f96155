//! What a cleaner tells of its work.

/// Numbers of a catalog's cleaner. Those that count go on from the start of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CleanerStats {
    /// Share of the dirtiest log that is dirty and could be cleaned, in percent, when a log was last looked for.
    pub max_dirty_percent: f64,
    /// When a log was last looked for, in milliseconds since 1970; `None`: never.
    pub last_run_ms: Option<i64>,
    /// The longest time by which a log is behind its `max.compaction.lag.ms`, in milliseconds.
    pub max_compaction_delay_ms: i64,
    /// Partitions that are not cleaned any more, since their data is damaged.
    pub uncleanable_partitions: u64,
    /// Their bytes.
    pub uncleanable_bytes: u64,
    /// Rounds that came to their end.
    pub rounds: u64,
    /// Rounds that failed.
    pub failures: u64,
    /// Bytes read, in both passes.
    pub read_bytes: u64,
    /// Bytes written.
    pub written_bytes: u64,
    /// Records read in the second pass.
    pub read_records: u64,
    /// Records that stayed.
    pub written_records: u64,
    /// Bytes that stayed in the last round, in percent of what there was.
    pub recopy_percent: f64,
    /// Seconds that the last round took.
    pub last_round_seconds: f64,
    /// How full the table of keys was in the last round, in percent.
    pub buffer_percent: f64,
}
