"""merge.py ENTRIES MESSAGES > entries.jsonl: each entry with what the Java client read from it"""
import json, sys

read = {}
for line in open(sys.argv[2]):
    message = json.loads(line)
    # ledger:entry:partition[:batch index], of a chunked message that of its last chunk
    ledger, entry = message.pop("id").split(";")[-1].split(":")[:2]
    read.setdefault((message.pop("topic"), f"{ledger}:{entry}"), []).append(message)
for line in open(sys.argv[1]):
    entry = json.loads(line)
    topic = entry["topic"]
    name = topic.rsplit("/", 1)[1].removesuffix("-partition-0")
    print(json.dumps({"name": name, "id": entry["id"], "hex": entry["hex"],
                      "messages": read.pop((topic, entry["id"]), [])}, ensure_ascii=False))
assert not read, list(read)[:3]
