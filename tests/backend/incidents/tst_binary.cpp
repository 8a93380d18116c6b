#include <QTest>
#include <random>

#include "incidents/binary.hpp"
#include "incidents/codec.hpp"

using namespace qd;
using namespace qd::incidents;

namespace {

std::string random_text(std::mt19937& random, std::size_t most) {
    std::string text(random() % most, '\0');
    for (char& c : text) c = char(1 + random() % 255);
    return text;
}

JournalEntry random_entry(std::mt19937& random) {
    const auto perhaps = [&random] { return random() % 3 == 0; };
    const auto time = [&random] {
        return core::WallTime(
            std::chrono::milliseconds(std::int64_t(random()) * (random() % 2 == 0 ? 1 : -1)));
    };
    JournalEntry entry;
    Event& event = entry.event;
    EventBody& body = event.body;
    event.seq = 1 + random() % 100;
    event.kind = EventKind(random() % (unsigned(EventKind::overtaken) + 1));
    event.occurred_at = time();
    event.recorded_at = time();
    for (std::string* text : {&event.actor, &event.source, &body.text, &body.title, &body.service, &body.into,
                              &body.role, &body.person, &body.url, &body.purpose, &body.subject, &body.phase,
                              &body.query, &body.unit, &entry.idempotency_key})
        if (perhaps()) *text = random_text(random, 300);
    if (perhaps()) body.severity = severity_from(1 + int(random() % 4));
    if (perhaps()) body.state = State(random() % (unsigned(State::merged) + 1));
    if (perhaps()) body.started_at = time();
    if (perhaps()) body.detected_at = time();
    if (perhaps()) body.bytes = std::uint64_t(random()) << 31;
    if (perhaps()) body.samples.assign(random() % 50, Sample{time(), double(random()) / 7});
    if (perhaps()) event.supersedes = random();
    if (perhaps()) event.based_on = random();
    body.retracted = perhaps();
    return entry;
}

/// As rows were written before there was a binary form.
std::string json_row(const Event& event, const std::string& key) {
    std::string text = encode(event);
    text.pop_back();
    return text + ",\"idempotency_key\":\"" + key + "\"}";
}

}  // namespace

class TestBinary : public QObject {
    Q_OBJECT

private slots:
    void whatIsWrittenIsRead() {
        std::mt19937 random(1);
        JournalEntry read;  // one for all: nothing of a row may stay in the next
        for (int i = 0; i < 3'000; ++i) {
            const JournalEntry entry = random_entry(random);
            const auto ok = decode_row(entry.event.seq, encode_row(entry), read);
            QVERIFY2(ok, ok ? "" : ok.error().message.c_str());
            QVERIFY(read == entry);
        }
    }

    void whatIsCutOffIsRefused() {
        std::mt19937 random(2);
        for (int i = 0; i < 60; ++i) {
            const std::string row = encode_row(random_entry(random));
            JournalEntry read;
            for (std::size_t size = 0; size < row.size(); ++size) {
                const auto cut = decode_row(1, std::string_view(row).substr(0, size), read);
                QVERIFY(!cut);
                QCOMPARE(cut.error().code, core::Errc::corrupt);
            }
            QVERIFY(!decode_row(1, row + '\0', read));
        }
    }

    void rowsInJsonStayReadable() {
        Event event;
        event.seq = 3;
        event.body.text = "the canary is slow";
        event.actor = "anna";
        JournalEntry read;
        const auto ok = decode_row(3, json_row(event, "anna\nINC-1\nk"), read);
        QVERIFY(!ok);  // a line break within a JSON text
        QVERIFY(decode_row(3, json_row(event, "k1"), read));
        QVERIFY(read.event == event);
        QCOMPARE(read.idempotency_key, std::string("k1"));
    }

    void aTimelineCrossesTheWireWithoutItsKeys() {
        std::mt19937 random(3);
        TimelineWriter writer;
        std::vector<Event> events;
        for (std::uint64_t seq = 1; seq <= 200; ++seq) {
            JournalEntry entry = random_entry(random);
            entry.event.seq = seq;
            entry.idempotency_key = "secret-of-anna";
            if (seq % 3 == 0) {
                entry.event.body = {.text = "told in JSON"};
                entry.event.actor = entry.event.source = "a";
                entry.event.kind = EventKind::note;
                QVERIFY(writer.add(seq, json_row(entry.event, "secret-of-anna")));
            } else {
                QVERIFY(writer.add(seq, encode_row(entry)));
            }
            events.push_back(entry.event);
        }
        const auto bytes = std::move(writer).finish();
        QVERIFY(bytes);
        QVERIFY(bytes->find("secret-of-anna") == std::string::npos);
        const auto read = decode_timeline(*bytes);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(*read == events);
        QVERIFY(!decode_timeline(bytes->substr(0, bytes->size() - 1)));
        QVERIFY(!decode_timeline("{}"));
    }

    void aClaimedLengthTakesNoMemory() {
        const std::string claims = std::string("QDEV\1", 5) + "\x90\xa1\x0f";  // 250,000 rows, and none there
        QVERIFY(!decode_timeline(claims));
        JournalEntry read;
        QVERIFY(!decode_row(1, std::string("\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", 11), read));
    }
};

QTEST_GUILESS_MAIN(TestBinary)
#include "tst_binary.moc"
