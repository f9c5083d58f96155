package suite

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strconv"
	"time"
)

const deadline = 60 * time.Second

// Commit is a committed offset with its metadata.
type Commit struct {
	Offset   int64
	Metadata string
}

// Consumer reads records; as a member of a group it has an assignment too.
type Consumer interface {
	Poll(time.Duration) ([]Record, error)
	Close() error
}

// Member is a consumer in a group.
type Member interface {
	Consumer
	Assigned() []int32
	Commit(map[int32]Commit) error
}

// Client is what a client library must be able to do.
type Client interface {
	Create(topic string, partitions int32) error
	Produce(topic, codec string, records []Record, idempotent bool) error
	Reader(topic string) (Consumer, error)
	Member(group, topic string) (Member, error)
	Committed(group, topic string) (map[int32]Commit, error)
}

type program struct {
	client Client
	topic  string
	group  string
	count  int
	start  int64
	first  Member
}

type step struct {
	name string
	body func() (string, error)
}

// Main runs the program with the arguments of the command line; connect makes the client for a bootstrap address.
func Main(connect func(bootstrap string) (Client, error)) {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: before|after BOOTSTRAP NAME COUNT")
		os.Exit(2)
	}
	count, err := strconv.Atoi(os.Args[4])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	client, err := connect(os.Args[2])
	if err != nil {
		say("connect", false, err.Error())
		os.Exit(1)
	}
	name := os.Args[3]
	p := &program{client: client, topic: name, group: name + "-group", count: count, start: time.Now().UnixMilli()}
	steps := p.before()
	if os.Args[1] == "after" {
		steps = p.after()
	}
	for _, s := range steps {
		detail, err := s.body()
		if err != nil {
			say(s.name, false, err.Error())
			os.Exit(1)
		}
		say(s.name, true, detail)
	}
}

func say(step string, ok bool, detail string) {
	line, _ := json.Marshal(map[string]any{"step": step, "ok": ok, "detail": detail})
	fmt.Println(string(line))
}

func (p *program) before() []step {
	return []step{
		{"create", func() (string, error) { return p.topic + " with 2 partitions", p.client.Create(p.topic, 2) }},
		{"produce", p.produce},
		{"consume", func() (string, error) { return p.expectAll(true) }},
		{"group", p.join},
		{"commit", p.commit},
		{"idempotent", func() (string, error) {
			if err := p.client.Create(p.topic+"-idem", 2); err != nil {
				return "", err
			}
			return p.idempotent(1)
		}},
	}
}

func (p *program) after() []step {
	return []step{
		{"committed", p.committed},
		{"resume", p.resume},
		{"reread", func() (string, error) { return p.expectAll(false) }},
		{"idempotent", func() (string, error) { return p.idempotent(2) }},
	}
}

func (p *program) produce() (string, error) {
	for _, codec := range Codecs {
		records := make([]Record, p.count)
		for i := range records {
			records[i] = record(codec, i, p.start)
		}
		if err := p.client.Produce(p.topic, codec, records, false); err != nil {
			return "", fmt.Errorf("%s: %w", codec, err)
		}
	}
	return fmt.Sprintf("%d records, codecs %v", len(Codecs)*p.count, Codecs), nil
}

func (p *program) wanted() [2][]Record {
	return [2][]Record{partition(0, p.count, p.start), partition(1, p.count, p.start)}
}

func (p *program) expectAll(timestamps bool) (string, error) {
	reader, err := p.client.Reader(p.topic)
	if err != nil {
		return "", err
	}
	detail, err := expect(reader, p.wanted(), [2]int64{}, timestamps)
	if err != nil {
		return "", err
	}
	return detail, reader.Close()
}

func (p *program) join() (string, error) {
	first, err := p.client.Member(p.group, p.topic)
	if err != nil {
		return "", err
	}
	p.first = first
	hasBoth := func() bool { return len(first.Assigned()) == 2 }
	if err := await("the first member has both", hasBoth, first); err != nil {
		return "", err
	}
	second, err := p.client.Member(p.group, p.topic)
	if err != nil {
		return "", err
	}
	shared := func() bool {
		one, other := first.Assigned(), second.Assigned()
		return len(one) == 1 && len(other) == 1 && one[0] != other[0]
	}
	if err := await("each has one", shared, first, second); err != nil {
		return "", err
	}
	if err := second.Close(); err != nil {
		return "", err
	}
	return "2, then 1 and 1, then 2", await("the first has both again", hasBoth, first)
}

func (p *program) commits() map[int32]Commit {
	size := int64(len(Codecs) * p.count / 2)
	return map[int32]Commit{0: {size / 2, "at 0"}, 1: {size / 4, "at 1"}}
}

func (p *program) commit() (string, error) {
	if err := p.first.Commit(p.commits()); err != nil {
		return "", err
	}
	if err := p.first.Close(); err != nil {
		return "", err
	}
	return p.committed()
}

func (p *program) committed() (string, error) {
	got, err := p.client.Committed(p.group, p.topic)
	if err == nil && !maps.Equal(got, p.commits()) {
		err = fmt.Errorf("committed is %v instead of %v", got, p.commits())
	}
	return fmt.Sprint(got), err
}

func (p *program) resume() (string, error) {
	member, err := p.client.Member(p.group, p.topic)
	if err != nil {
		return "", err
	}
	from := p.commits()
	detail, err := expect(member, p.wanted(), [2]int64{from[0].Offset, from[1].Offset}, false)
	if err != nil {
		return "", err
	}
	return detail, member.Close()
}

func (p *program) idempotent(rounds int) (string, error) {
	topic := p.topic + "-idem"
	records := make([]Record, p.count)
	for i := range records {
		records[i] = idempotentRecord(rounds, i)
		records[i].Timestamp = p.start
	}
	if err := p.client.Produce(topic, "none", records, true); err != nil {
		return "", err
	}
	reader, err := p.client.Reader(topic)
	if err != nil {
		return "", err
	}
	wanted := [2][]Record{idempotentPartition(0, rounds, p.count), idempotentPartition(1, rounds, p.count)}
	detail, err := expect(reader, wanted, [2]int64{}, false)
	if err != nil {
		return "", err
	}
	return detail, reader.Close()
}

// expect polls until both partitions are read to their ends and compares every record on the way.
func expect(consumer Consumer, wanted [2][]Record, start [2]int64, timestamps bool) (string, error) {
	next := start
	end := time.Now().Add(deadline)
	for next[0] < int64(len(wanted[0])) || next[1] < int64(len(wanted[1])) {
		if time.Now().After(end) {
			return "", fmt.Errorf("stuck at offsets %v", next)
		}
		records, err := consumer.Poll(100 * time.Millisecond)
		if err != nil {
			return "", err
		}
		for _, got := range records {
			following := &next[got.Partition]
			if got.Offset != *following || got.Offset >= int64(len(wanted[got.Partition])) {
				return "", fmt.Errorf("%v instead of offset %d", got, *following)
			}
			want := wanted[got.Partition][got.Offset]
			if what := got.differs(want, timestamps); what != "" {
				return "", fmt.Errorf("%s of %v instead of %v", what, got, want)
			}
			*following++
		}
	}
	if more, err := consumer.Poll(300 * time.Millisecond); err != nil || len(more) > 0 {
		return "", fmt.Errorf("%d more records than were sent, error %v", len(more), err)
	}
	return fmt.Sprintf("%d records from %v", next[0]+next[1]-start[0]-start[1], start), nil
}

func await(what string, done func() bool, members ...Member) error {
	end := time.Now().Add(deadline)
	for !done() {
		if time.Now().After(end) {
			return fmt.Errorf("in vain: %s", what)
		}
		for _, member := range members {
			if _, err := member.Poll(50 * time.Millisecond); err != nil {
				return err
			}
		}
	}
	return nil
}
