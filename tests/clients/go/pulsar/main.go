// Command pulsar is Pulsar's Go client; see tests/clients/README.md, "Pulsar's clients".
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"
	pulsarlog "github.com/apache/pulsar-client-go/pulsar/log"
)

var codecs = map[string]pulsar.CompressionType{
	"NONE": pulsar.NoCompression, "ZLIB": pulsar.ZLib, "SNAPPY": pulsar.SNAPPY, "LZ4": pulsar.LZ4, "ZSTD": pulsar.ZSTD,
}

func main() {
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	options := pulsar.ClientOptions{URL: os.Args[2], Logger: pulsarlog.NewLoggerWithSlog(quiet)}
	client, err := pulsar.NewClient(options)
	check(err)
	defer client.Close()
	if os.Args[1] == "produce" {
		produce(client)
		return
	}
	count, err := strconv.Atoi(os.Args[3])
	check(err)
	for _, topic := range os.Args[5:] {
		consume(client, topic, count)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A line: topic, codec, batched or single, key, hex of the value, time, then name and value of each property.
func produce(client pulsar.Client) {
	producers := map[string]pulsar.Producer{}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		part := strings.Split(in.Text(), "\t")
		name := strings.Join(part[:3], " ")
		if producers[name] == nil {
			producer, err := client.CreateProducer(pulsar.ProducerOptions{
				Topic: part[0], CompressionType: codecs[part[1]], DisableBatching: part[2] != "batched",
				BatchingMaxPublishDelay: 20 * time.Millisecond, BatchingMaxMessages: 40,
			})
			check(err)
			producers[name] = producer
		}
		producers[name].SendAsync(context.Background(), message(part),
			func(_ pulsar.MessageID, _ *pulsar.ProducerMessage, err error) { check(err) })
	}
	check(in.Err())
	for _, producer := range producers {
		check(producer.FlushWithCtx(context.Background()))
	}
}

func message(part []string) *pulsar.ProducerMessage {
	millis, err := strconv.ParseInt(part[5], 10, 64)
	check(err)
	message := &pulsar.ProducerMessage{EventTime: time.UnixMilli(millis), Properties: map[string]string{}}
	if part[3] != "-" {
		message.Key = part[3]
	}
	if part[4] != "-" {
		message.Payload, err = hex.DecodeString(part[4])
		check(err)
	}
	for i := 6; i+1 < len(part); i += 2 {
		message.Properties[part[i]] = part[i+1]
	}
	return message
}

// Prints lines as produce reads them.
func consume(client pulsar.Client, topic string, count int) {
	consumer, err := client.Subscribe(pulsar.ConsumerOptions{
		Topic: topic, SubscriptionName: "matrix-go", SubscriptionInitialPosition: pulsar.SubscriptionPositionEarliest,
	})
	check(err)
	defer consumer.Close()
	for range count {
		patience, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		message, err := consumer.Receive(patience)
		cancel()
		if err != nil {
			return
		}
		line := []string{topic, "-", "-", key(message), hex.EncodeToString(message.Payload()),
			strconv.FormatInt(message.EventTime().UnixMilli(), 10)}
		properties := message.Properties()
		names := make([]string, 0, len(properties))
		for name := range properties {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			line = append(line, name, properties[name])
		}
		fmt.Println(strings.Join(line, "\t"))
		check(consumer.Ack(message))
	}
}

// The client does not tell that a key is in base64: only the ordering key, which has the same bytes, gives it away.
func key(message pulsar.Message) string {
	if message.Key() == "" {
		return "-"
	}
	decoded, err := base64.StdEncoding.DecodeString(message.Key())
	if err == nil && string(decoded) == message.OrderingKey() {
		return string(decoded)
	}
	return message.Key()
}
