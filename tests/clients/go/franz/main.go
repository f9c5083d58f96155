// Command franz runs the steps of tests/clients/README.md with franz-go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"kop.test/clients/suite"
)

type client struct{ bootstrap string }

func main() {
	if len(os.Args) == 5 && os.Args[1] == "loop" {
		fmt.Fprintln(os.Stderr, loop(os.Args[2], os.Args[3], os.Args[4]))
		os.Exit(1)
	}
	suite.Main(func(bootstrap string) (suite.Client, error) { return client{bootstrap}, nil })
}

func (c client) open(options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append(options, kgo.SeedBrokers(c.bootstrap))...)
}

func (c client) Create(topic string, partitions int32) error {
	conn, err := c.open()
	if err != nil {
		return err
	}
	defer conn.Close()
	answer, err := kadm.NewClient(conn).CreateTopic(context.Background(), partitions, 1, nil, topic)
	return errors.Join(err, answer.Err)
}

var codecs = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

func (c client) Produce(topic, codec string, records []suite.Record, idempotent bool) error {
	options := []kgo.Opt{
		kgo.ProducerBatchCompression(codecs[codec]),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(5 * time.Millisecond),
	}
	if !idempotent {
		options = append(options, kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(1))
	}
	conn, err := c.open(options...)
	if err != nil {
		return err
	}
	defer conn.Close()
	out := make([]*kgo.Record, len(records))
	for i, r := range records {
		out[i] = &kgo.Record{
			Topic: topic, Partition: r.Partition, Key: r.Key, Value: r.Value, Timestamp: time.UnixMilli(r.Timestamp),
		}
		for _, header := range r.Headers {
			out[i].Headers = append(out[i].Headers, kgo.RecordHeader{Key: header.Key, Value: header.Value})
		}
	}
	return conn.ProduceSync(context.Background(), out...).FirstErr()
}

func (c client) Reader(topic string) (suite.Consumer, error) {
	start := map[int32]kgo.Offset{0: kgo.NewOffset().AtStart(), 1: kgo.NewOffset().AtStart()}
	conn, err := c.open(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: start}))
	return &member{conn: conn}, err
}

func (c client) Member(group, topic string) (suite.Member, error) {
	m := &member{topic: topic, assigned: map[int32]bool{}}
	change := func(have bool) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, changed map[string][]int32) {
			m.mutex.Lock()
			defer m.mutex.Unlock()
			for _, p := range changed[topic] {
				if have {
					m.assigned[p] = true
				} else {
					delete(m.assigned, p)
				}
			}
		}
	}
	conn, err := c.open(
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SessionTimeout(10*time.Second), kgo.HeartbeatInterval(500*time.Millisecond),
		kgo.OnPartitionsAssigned(change(true)), kgo.OnPartitionsRevoked(change(false)), kgo.OnPartitionsLost(change(false)),
	)
	m.conn = conn
	return m, err
}

func (c client) Committed(group, topic string) (map[int32]suite.Commit, error) {
	conn, err := c.open()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	answer, err := kadm.NewClient(conn).FetchOffsets(context.Background(), group)
	if err != nil {
		return nil, err
	}
	found := map[int32]suite.Commit{}
	for p, offset := range answer[topic] {
		if offset.Err != nil {
			return nil, offset.Err
		}
		found[p] = suite.Commit{Offset: offset.At, Metadata: offset.Metadata}
	}
	return found, nil
}

// member of a group, or a plain reader.
type member struct {
	conn     *kgo.Client
	topic    string
	mutex    sync.Mutex
	assigned map[int32]bool
}

func (m *member) Poll(wait time.Duration) ([]suite.Record, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	fetches := m.conn.PollFetches(ctx)
	for _, failed := range fetches.Errors() {
		if !errors.Is(failed.Err, context.DeadlineExceeded) {
			return nil, fmt.Errorf("%s/%d: %w", failed.Topic, failed.Partition, failed.Err)
		}
	}
	var records []suite.Record
	fetches.EachRecord(func(r *kgo.Record) {
		got := suite.Record{Partition: r.Partition, Offset: r.Offset, Timestamp: r.Timestamp.UnixMilli(), Key: r.Key, Value: r.Value}
		for _, header := range r.Headers {
			got.Headers = append(got.Headers, suite.Header{Key: header.Key, Value: header.Value})
		}
		records = append(records, got)
	})
	return records, nil
}

func (m *member) Assigned() []int32 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	var partitions []int32
	for p := range m.assigned {
		partitions = append(partitions, p)
	}
	return partitions
}

func (m *member) Commit(commits map[int32]suite.Commit) error {
	offsets := map[int32]kgo.EpochOffset{}
	for p, commit := range commits {
		offsets[p] = kgo.EpochOffset{Epoch: -1, Offset: commit.Offset}
	}
	// The only way to commit metadata as a member is to edit the request.
	ctx := kgo.PreCommitFnContext(context.Background(), func(request *kmsg.OffsetCommitRequest) error {
		for t := range request.Topics {
			for p := range request.Topics[t].Partitions {
				part := &request.Topics[t].Partitions[p]
				part.Metadata = kmsg.StringPtr(commits[part.Partition].Metadata)
			}
		}
		return nil
	})
	var failed error
	done := func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, answer *kmsg.OffsetCommitResponse, err error) {
		failed = err
		if answer == nil {
			return
		}
		for _, t := range answer.Topics {
			for _, p := range t.Partitions {
				failed = errors.Join(failed, kerr.ErrorForCode(p.ErrorCode))
			}
		}
	}
	m.conn.CommitOffsetsSync(ctx, map[string]map[int32]kgo.EpochOffset{m.topic: offsets}, done)
	return failed
}

func (m *member) Close() error {
	m.conn.Close()
	return nil
}
