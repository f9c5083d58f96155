// Command sarama runs the steps of tests/clients/README.md with sarama.
package main

import (
	"errors"
	"time"

	"github.com/IBM/sarama"

	"kop.test/clients/suite"
)

type client struct{ bootstrap []string }

func main() {
	suite.Main(func(bootstrap string) (suite.Client, error) { return client{[]string{bootstrap}}, nil })
}

func config() *sarama.Config {
	c := sarama.NewConfig()
	c.Version = sarama.V3_6_0_0
	c.Consumer.Return.Errors = true
	c.Consumer.Offsets.Initial = sarama.OffsetOldest
	c.Consumer.Offsets.AutoCommit.Enable = false
	c.Consumer.Group.Session.Timeout = 10 * time.Second
	c.Consumer.Group.Heartbeat.Interval = 500 * time.Millisecond
	return c
}

func (c client) Create(topic string, partitions int32) error {
	admin, err := sarama.NewClusterAdmin(c.bootstrap, config())
	if err != nil {
		return err
	}
	err = admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1}, false)
	return errors.Join(err, admin.Close())
}

var codecs = map[string]sarama.CompressionCodec{
	"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
	"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
}

func (c client) Produce(topic, codec string, records []suite.Record, idempotent bool) error {
	options := config()
	options.Producer.Return.Successes = true
	options.Producer.RequiredAcks = sarama.WaitForAll
	options.Producer.Compression = codecs[codec]
	options.Producer.Partitioner = sarama.NewManualPartitioner
	options.Producer.Idempotent = idempotent
	// One request at a time keeps the order without idempotence; with it, sarama requires it.
	options.Net.MaxOpenRequests = 1
	producer, err := sarama.NewSyncProducer(c.bootstrap, options)
	if err != nil {
		return err
	}
	out := make([]*sarama.ProducerMessage, len(records))
	for i, r := range records {
		out[i] = &sarama.ProducerMessage{Topic: topic, Partition: r.Partition, Timestamp: time.UnixMilli(r.Timestamp)}
		// A nil Encoder is null; an encoder around nil would be too, but is not documented to be.
		if r.Key != nil {
			out[i].Key = sarama.ByteEncoder(r.Key)
		}
		if r.Value != nil {
			out[i].Value = sarama.ByteEncoder(r.Value)
		}
		for _, header := range r.Headers {
			out[i].Headers = append(out[i].Headers, sarama.RecordHeader{Key: []byte(header.Key), Value: header.Value})
		}
	}
	return errors.Join(producer.SendMessages(out), producer.Close())
}

func (c client) Reader(topic string) (suite.Consumer, error) {
	consumer, err := sarama.NewConsumer(c.bootstrap, config())
	if err != nil {
		return nil, err
	}
	r := &reader{consumer: consumer}
	for p := range int32(2) {
		part, err := consumer.ConsumePartition(topic, p, sarama.OffsetOldest)
		if err != nil {
			return nil, err
		}
		r.parts = append(r.parts, part)
	}
	return r, nil
}

// reader of both partitions without a group.
type reader struct {
	consumer sarama.Consumer
	parts    []sarama.PartitionConsumer
}

func (r *reader) Poll(wait time.Duration) ([]suite.Record, error) {
	var records []suite.Record
	timer := time.After(wait)
	for {
		select {
		case m := <-r.parts[0].Messages():
			records = append(records, convert(m))
		case m := <-r.parts[1].Messages():
			records = append(records, convert(m))
		case err := <-r.parts[0].Errors():
			return nil, err
		case err := <-r.parts[1].Errors():
			return nil, err
		case <-timer:
			return records, nil
		}
		if len(records) == 1000 {
			return records, nil
		}
	}
}

func (r *reader) Close() error {
	return errors.Join(r.parts[0].Close(), r.parts[1].Close(), r.consumer.Close())
}

func convert(m *sarama.ConsumerMessage) suite.Record {
	got := suite.Record{
		Partition: m.Partition, Offset: m.Offset, Timestamp: m.Timestamp.UnixMilli(), Key: m.Key, Value: m.Value,
	}
	for _, header := range m.Headers {
		got.Headers = append(got.Headers, suite.Header{Key: string(header.Key), Value: header.Value})
	}
	return got
}

func (c client) Committed(group, topic string) (map[int32]suite.Commit, error) {
	admin, err := sarama.NewClusterAdmin(c.bootstrap, config())
	if err != nil {
		return nil, err
	}
	answer, err := admin.ListConsumerGroupOffsets(group, map[string][]int32{topic: {0, 1}})
	if err != nil {
		return nil, err
	}
	found := map[int32]suite.Commit{}
	for p, block := range answer.Blocks[topic] {
		found[p] = suite.Commit{Offset: block.Offset, Metadata: block.Metadata}
	}
	return found, admin.Close()
}
