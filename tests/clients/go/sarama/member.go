package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/IBM/sarama"

	"kop.test/clients/suite"
)

// member of a group. Sarama calls it back per session; Poll takes what the sessions deliver.
type member struct {
	topic    string
	group    sarama.ConsumerGroup
	cancel   context.CancelFunc
	done     chan struct{}
	messages chan *sarama.ConsumerMessage
	mutex    sync.Mutex
	session  sarama.ConsumerGroupSession
	failed   error
}

func (c client) Member(group, topic string) (suite.Member, error) {
	joined, err := sarama.NewConsumerGroup(c.bootstrap, group, config())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{
		topic: topic, group: joined, cancel: cancel,
		done: make(chan struct{}), messages: make(chan *sarama.ConsumerMessage),
	}
	go func() {
		defer close(m.done)
		for ctx.Err() == nil {
			// Consume returns at every rebalance.
			if err := joined.Consume(ctx, []string{topic}, m); err != nil {
				m.set(nil, err)
				return
			}
		}
	}()
	return m, nil
}

func (m *member) set(session sarama.ConsumerGroupSession, failed error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.session, m.failed = session, failed
}

// Setup is called when a session begins.
func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.set(session, nil)
	return nil
}

// Cleanup is called when a session ends.
func (m *member) Cleanup(sarama.ConsumerGroupSession) error {
	m.set(nil, nil)
	return nil
}

// ConsumeClaim is called for each partition of a session.
func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case message, ok := <-claim.Messages():
			if !ok {
				return nil
			}
			select {
			case m.messages <- message:
			case <-session.Context().Done():
				return nil
			}
		case <-session.Context().Done():
			return nil
		}
	}
}

func (m *member) Poll(wait time.Duration) ([]suite.Record, error) {
	var records []suite.Record
	timer := time.After(wait)
	for len(records) < 1000 {
		select {
		case message := <-m.messages:
			records = append(records, convert(message))
		case err := <-m.group.Errors():
			return nil, err
		case <-timer:
			m.mutex.Lock()
			defer m.mutex.Unlock()
			return records, m.failed
		}
	}
	return records, nil
}

func (m *member) Assigned() []int32 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.session == nil {
		return nil
	}
	return m.session.Claims()[m.topic]
}

// Commit marks the offsets, backwards too, and commits what is marked.
func (m *member) Commit(commits map[int32]suite.Commit) error {
	m.mutex.Lock()
	session := m.session
	m.mutex.Unlock()
	if session == nil {
		return errors.New("commit without a session")
	}
	for p, commit := range commits {
		session.MarkOffset(m.topic, p, commit.Offset, commit.Metadata)
	}
	session.Commit()
	return nil
}

func (m *member) Close() error {
	m.cancel()
	<-m.done
	return m.group.Close()
}
