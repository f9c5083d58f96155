// Package suite holds what the Go client programs share: the data set and the steps of tests/clients/README.md.
package suite

import (
	"bytes"
	"fmt"
	"strings"
)

// Codecs in the order in which they are produced.
var Codecs = []string{"none", "gzip", "snappy", "lz4", "zstd"}

// Header of a record; a nil value is null.
type Header struct {
	Key   string
	Value []byte
}

// Record as it was sent, or as it came back; nil keys and values are null.
type Record struct {
	Partition int32
	Offset    int64
	Timestamp int64
	Key       []byte
	Value     []byte
	Headers   []Header
}

func (r Record) String() string {
	return fmt.Sprintf("p%d o%d t%d %q: %q %v", r.Partition, r.Offset, r.Timestamp, r.Key, r.Value, r.Headers)
}

func same(a, b []byte) bool {
	return bytes.Equal(a, b) && (a == nil) == (b == nil)
}

// differs says what of another record is not the same; empty when nothing is.
func (r Record) differs(other Record, timestamps bool) string {
	switch {
	case !same(r.Key, other.Key):
		return "key"
	case !same(r.Value, other.Value):
		return "value"
	case timestamps && r.Timestamp != other.Timestamp:
		return "timestamp"
	case len(r.Headers) != len(other.Headers):
		return "headers"
	}
	for i, header := range r.Headers {
		if header.Key != other.Headers[i].Key || !same(header.Value, other.Headers[i].Value) {
			return "header " + header.Key
		}
	}
	return ""
}

func record(codec string, i int, start int64) Record {
	r := Record{Partition: int32(i % 2), Timestamp: start + int64(i)}
	if i%5 != 0 {
		r.Key = fmt.Appendf(nil, "key-%d", i)
	}
	if i%7 != 3 || r.Key == nil {
		r.Value = fmt.Appendf(nil, "value-%s-%d-%s", codec, i, strings.Repeat("x", i%100))
	}
	if i%3 != 0 {
		r.Headers = []Header{{"codec", []byte(codec)}, {"i", fmt.Appendf(nil, "%d", i)}, {"twice", []byte("1")}, {"twice", []byte("2")}}
	}
	if i%3 == 2 {
		r.Headers = append(r.Headers, Header{"null", nil})
	}
	return r
}

// partition is what a partition holds after all codecs were produced.
func partition(number, count int, start int64) []Record {
	var all []Record
	for _, codec := range Codecs {
		for i := number; i < count; i += 2 {
			all = append(all, record(codec, i, start))
		}
	}
	return all
}

func idempotentRecord(round, i int) Record {
	return Record{Partition: int32(i % 2), Value: fmt.Appendf(nil, "idem-%d-%d", round, i)}
}

// idempotentPartition is what a partition of the idempotent topic holds after so many rounds.
func idempotentPartition(number, rounds, count int) []Record {
	var all []Record
	for round := 1; round <= rounds; round++ {
		for i := number; i < count; i += 2 {
			all = append(all, idempotentRecord(round, i))
		}
	}
	return all
}
