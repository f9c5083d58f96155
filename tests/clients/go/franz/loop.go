package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// loop consumes NAME-in and writes each value and who it was to the same partition of NAME-out, exactly once, until killed.
func loop(bootstrap, name, who string) error {
	session, err := kgo.NewGroupTransactSession(
		kgo.SeedBrokers(bootstrap),
		kgo.TransactionalID(name+"-"+who),
		kgo.TransactionTimeout(10*time.Second),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ConsumerGroup(name+"-loop"),
		kgo.ConsumeTopics(name+"-in"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.RequireStableFetchOffsets(),
		kgo.SessionTimeout(3*time.Second),
		kgo.HeartbeatInterval(500*time.Millisecond),
		// What all members of the group know, of whichever client.
		kgo.Balancers(kgo.RangeBalancer()),
	)
	if err != nil {
		return err
	}
	for {
		fetches := session.PollFetches(context.Background())
		for _, failed := range fetches.Errors() {
			fmt.Fprintln(os.Stderr, "poll:", failed.Topic, failed.Partition, failed.Err)
		}
		if fetches.Empty() {
			continue
		}
		if err := session.Begin(); err != nil {
			return err
		}
		produced := kgo.AbortingFirstErrPromise(session.Client())
		fetches.EachRecord(func(r *kgo.Record) {
			value := append(append([]byte{}, r.Value...), " "+who...)
			out := &kgo.Record{Topic: name + "-out", Partition: r.Partition, Value: value}
			session.Produce(context.Background(), out, produced.Promise())
		})
		failed := produced.Err()
		committed, err := session.End(context.Background(), kgo.TransactionEndTry(failed == nil))
		if err != nil {
			return err
		}
		if !committed {
			fmt.Fprintln(os.Stderr, "aborted:", failed)
		}
	}
}
