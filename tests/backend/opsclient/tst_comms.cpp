#include "opsclient/comms.hpp"

#include <QtTest>
#include <nlohmann/json.hpp>

using namespace qd;
using namespace qd::opsclient;
using nlohmann::json;

namespace {

json entry() {
    return {{"id", 7},
            {"destination", "chat"},
            {"kind", nullptr},
            {"state", "sent"},
            {"attempts", 2},
            {"created_at", "2026-11-25T23:00:00.000Z"},
            {"next_attempt_at", nullptr},
            {"accepted_at", "2026-11-25T23:00:01.000Z"},
            {"ended_at", "2026-11-25T23:00:01.000Z"},
            {"last_error", nullptr},
            {"type", "incident"},
            {"incident", "INC-1"},
            {"audience", nullptr},
            {"title", "INC-1 opened"}};
}

}  // namespace

class TestComms : public QObject {
    Q_OBJECT

private slots:
    void anOutboxIsReadWithItsCounts() {
        const json value{
            {"items", {entry()}},
            {"counts", {{"queued", 1}, {"sending", 2}, {"sent", 3}, {"failed", 4}, {"dropped", 5}}},
            {"next", nullptr}};
        const auto outbox = outbox_from_json(value);
        QVERIFY2(outbox.has_value(), outbox ? "" : outbox.error().message.c_str());
        QCOMPARE(outbox->entries.size(), std::size_t(1));
        QVERIFY(outbox->entries[0].kind.empty() && outbox->entries[0].last_error.empty());
        QVERIFY(outbox->entries[0].accepted_at == outbox->entries[0].ended_at);
        QVERIFY(outbox->queued == 1 && outbox->failed == 4 && outbox->dropped == 5);
    }

    void whatIsMissingIsNamed() {
        for (const char* key : {"id", "destination", "state", "attempts", "created_at", "type"}) {
            json value = entry();
            value.erase(key);
            const auto read = outbox_entry_from_json(value);
            QVERIFY(!read && read.error().message.find(key) != std::string::npos);
        }
        QVERIFY(!outbox_from_json(json::object()));
        QVERIFY(
            !status_posted_from_json({{"event", json::object()}, {"queued", json::array()}, {"note", "n"}}));
        QVERIFY(!status_owed_from_json({{"incident", "INC-1"}, {"audience", "customers"}}));
        json draft{{"audience", "a"},
                   {"title", "t"},
                   {"text", "x"},
                   {"destinations", {{{"kind", "slack"}}}},
                   {"based_on", 1}};
        QVERIFY(!status_draft_from_json(draft));  // a destination without a name
        draft["destinations"] = json::array();
        QVERIFY(status_draft_from_json(draft).has_value());
    }
};

QTEST_GUILESS_MAIN(TestComms)
#include "tst_comms.moc"
