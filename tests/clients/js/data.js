// The data set that every client program writes and expects (see tests/clients/README.md).

function record(codec, i, start) {
  const key = i % 5 === 0 ? null : Buffer.from(`key-${i}`)
  const value = i % 7 === 3 && key !== null ? null : Buffer.from(`value-${codec}-${i}-${'x'.repeat(i % 100)}`)
  // kafkajs cannot send a header without a value, so the header "null" is left out.
  const headers = i % 3 === 0 ? {} : { codec, i: `${i}`, twice: ['1', '2'] }
  return { partition: i % 2, key, value, headers, timestamp: `${start + i}` }
}

// What a partition holds after all codecs were produced.
function partition(number, codecs, count, start) {
  const all = []
  for (const codec of codecs) {
    for (let i = number; i < count; i += 2) all.push(record(codec, i, start))
  }
  return all
}

function idempotentRecord(round, i, start) {
  return { partition: i % 2, key: null, value: Buffer.from(`idem-${round}-${i}`), headers: {}, timestamp: `${start}` }
}

// What a partition of the idempotent topic holds after so many rounds.
function idempotentPartition(number, rounds, count, start) {
  const all = []
  for (let round = 1; round <= rounds; round++) {
    for (let i = number; i < count; i += 2) all.push(idempotentRecord(round, i, start))
  }
  return all
}

// Key, value, headers and, if asked, the timestamp as one comparable text.
function content(r, timestamps) {
  const text = (bytes) => (bytes === null || bytes === undefined ? null : bytes.toString())
  const headers = Object.entries(r.headers || {}).map(([k, v]) => [k, Array.isArray(v) ? v.map(text) : text(v)])
  return JSON.stringify([text(r.key), text(r.value), headers, timestamps ? r.timestamp : ''])
}

module.exports = { record, partition, idempotentRecord, idempotentPartition, content }
