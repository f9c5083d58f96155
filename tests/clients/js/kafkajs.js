// The steps of tests/clients/README.md with kafkajs: kafkajs.js before|after BOOTSTRAP NAME COUNT.
const { Kafka, logLevel, CompressionTypes } = require('kafkajs')
const data = require('./data')
const { register, codecs } = require('./codecs')

const DEADLINE = 60000
const names = Object.keys(codecs)

class Program {
  constructor(bootstrap, name, count) {
    this.kafka = new Kafka({ clientId: 'kop-kafkajs', brokers: [bootstrap], logLevel: logLevel.NOTHING })
    this.topic = name
    this.group = `${name}-group`
    this.count = count
    this.start = Date.now()
  }

  before() {
    return {
      create: () => this.create(this.topic),
      produce: () => this.produce(),
      consume: () => this.expectAll(true),
      group: () => this.join(),
      commit: () => this.commit(),
      idempotent: async () => `${await this.create(`${this.topic}-idem`)}, ${await this.idempotent(1)}`,
    }
  }

  after() {
    return {
      committed: () => this.committed(),
      resume: () => this.resume(),
      reread: () => this.expectAll(false),
      idempotent: () => this.idempotent(2),
    }
  }

  async admin(body) {
    const admin = this.kafka.admin()
    await admin.connect()
    try {
      return await body(admin)
    } finally {
      await admin.disconnect()
    }
  }

  async create(topic) {
    const made = await this.admin((admin) => admin.createTopics({ topics: [{ topic, numPartitions: 2 }] }))
    check(made, `${topic} was there before`)
    return `${topic} with 2 partitions`
  }

  async send(topic, codec, messages, idempotent) {
    const producer = this.kafka.producer({ idempotent, maxInFlightRequests: 1 })
    await producer.connect()
    // Several requests of a hundred records, as an application would send.
    for (let i = 0; i < messages.length; i += 100) {
      const compression = CompressionTypes[codecs[codec]]
      await producer.send({ topic, acks: -1, compression, messages: messages.slice(i, i + 100) })
    }
    await producer.disconnect()
  }

  async produce() {
    for (const codec of names) {
      const messages = Array.from({ length: this.count }, (_, i) => data.record(codec, i, this.start))
      await this.send(this.topic, codec, messages, false)
    }
    return `${names.length * this.count} records, codecs ${names}`
  }

  wanted() {
    return [0, 1].map((p) => data.partition(p, names, this.count, this.start))
  }

  // kafkajs consumes in groups only: a group of its own, never committed, reads from the earliest offset.
  async expectAll(timestamps) {
    const reader = await new Member(this.kafka, `${this.topic}-reader-${Date.now()}`, this.topic).run()
    return expect(reader, this.wanted(), [0, 0], timestamps)
  }

  async join() {
    this.first = await new Member(this.kafka, this.group, this.topic).run()
    await until('the first member has both', () => this.first.assigned.length === 2)
    const second = await new Member(this.kafka, this.group, this.topic).run()
    await until('each has one', () => {
      const [one, other] = [this.first.assigned, second.assigned]
      return one.length === 1 && other.length === 1 && one[0] !== other[0]
    })
    await second.close()
    await until('the first has both again', () => this.first.assigned.length === 2)
    return '2, then 1 and 1, then 2'
  }

  commits() {
    const size = (names.length * this.count) / 2
    return [Math.floor(size / 2), Math.floor(size / 4)]
  }

  async commit() {
    const offsets = this.commits().map((offset, partition) => {
      return { topic: this.topic, partition, offset: `${offset}`, metadata: `at ${partition}` }
    })
    await this.first.consumer.commitOffsets(offsets)
    await this.first.close()
    return this.committed()
  }

  async committed() {
    const [found] = await this.admin((admin) => admin.fetchOffsets({ groupId: this.group, topics: [this.topic] }))
    const sorted = found.partitions.sort((a, b) => a.partition - b.partition)
    const got = JSON.stringify(sorted.map((p) => [p.offset, p.metadata]))
    const want = JSON.stringify(this.commits().map((offset, p) => [`${offset}`, `at ${p}`]))
    check(got === want, `committed is ${got} instead of ${want}`)
    return got
  }

  async resume() {
    const member = await new Member(this.kafka, this.group, this.topic).run()
    return expect(member, this.wanted(), this.commits(), false)
  }

  async idempotent(rounds) {
    const topic = `${this.topic}-idem`
    const messages = Array.from({ length: this.count }, (_, i) => data.idempotentRecord(rounds, i, this.start))
    await this.send(topic, 'none', messages, true)
    const wanted = [0, 1].map((p) => data.idempotentPartition(p, rounds, this.count, this.start))
    const reader = await new Member(this.kafka, `${topic}-reader-${Date.now()}`, topic).run()
    return expect(reader, wanted, [0, 0], false)
  }
}

class Member {
  constructor(kafka, groupId, topic) {
    this.topic = topic
    this.assigned = []
    this.records = []
    const times = { sessionTimeout: 10000, heartbeatInterval: 500, maxWaitTimeInMs: 200 }
    this.consumer = kafka.consumer({ groupId, ...times })
    this.consumer.on(this.consumer.events.GROUP_JOIN, ({ payload }) => {
      this.assigned = payload.memberAssignment[topic] || []
    })
    this.consumer.on(this.consumer.events.REBALANCING, () => {
      this.assigned = []
    })
  }

  async run() {
    await this.consumer.connect()
    await this.consumer.subscribe({ topics: [this.topic], fromBeginning: true })
    const eachMessage = async ({ partition, message }) => {
      this.records.push({ partition, ...message })
    }
    await this.consumer.run({ autoCommit: false, eachMessage })
    return this
  }

  async close() {
    await this.consumer.disconnect()
  }
}

// Waits until both partitions are read to their ends and compares every record.
async function expect(member, wanted, start, timestamps) {
  const next = [...start]
  const total = wanted[0].length + wanted[1].length - start[0] - start[1]
  await until(`${total} records are read`, () => member.records.length >= total)
  await new Promise((resolve) => setTimeout(resolve, 300))
  await member.close()
  check(member.records.length === total, `${member.records.length} records instead of ${total}`)
  for (const got of member.records) {
    const p = got.partition
    check(got.offset === `${next[p]}`, `partition ${p}: offset ${got.offset} instead of ${next[p]}`)
    const [have, want] = [got, wanted[p][next[p]]].map((r) => data.content(r, timestamps))
    check(have === want, `offset ${got.offset}: ${have} instead of ${want}`)
    next[p]++
  }
  return `${total} records from ${start}`
}

async function until(what, done) {
  const end = Date.now() + DEADLINE
  while (!done()) {
    check(Date.now() < end, `in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function check(condition, message) {
  if (!condition) throw new Error(message)
}

async function main() {
  const [verb, bootstrap, name, count] = process.argv.slice(2)
  if (!['before', 'after'].includes(verb) || !Number(count)) {
    console.error('usage: kafkajs.js before|after BOOTSTRAP NAME COUNT')
    process.exit(2)
  }
  await register()
  const program = new Program(bootstrap, name, Number(count))
  for (const [step, body] of Object.entries(program[verb]())) {
    try {
      console.log(JSON.stringify({ step, ok: true, detail: await body() }))
    } catch (error) {
      console.error(error)
      console.log(JSON.stringify({ step, ok: false, detail: `${error}` }))
      process.exit(1)
    }
  }
  process.exit(0)
}

main()
