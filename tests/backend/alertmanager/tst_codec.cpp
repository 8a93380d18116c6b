#include <QTest>
#include <nlohmann/json.hpp>

#include "alertmanager/codec.hpp"

using namespace qd;
using namespace qd::alertmanager;
using nlohmann::json;

namespace {

json alert(const char* status, json labels, const char* fingerprint = "c0ffee") {
    return {{"status", status},
            {"labels", std::move(labels)},
            {"annotations", {{"summary", "Playback fails"}, {"description", "12 of 40 requests failed."}}},
            {"startsAt", "2026-11-25T10:00:00.123456789+01:00"},
            {"endsAt", std::string(status) == "firing" ? "0001-01-01T00:00:00Z" : "2026-11-25T09:05:00Z"},
            {"generatorURL", "http://prometheus/graph"},
            {"fingerprint", fingerprint}};
}

json message(json alerts) {
    return {{"version", "4"},
            {"groupKey", "{}:{alertname=\"A\"}"},
            {"truncatedAlerts", 2},
            {"status", "firing"},
            {"receiver", "quarterdeck"},
            {"groupLabels", {{"alertname", "A"}, {"cluster", "eu"}}},
            {"commonLabels", {{"alertname", "A"}}},
            {"commonAnnotations", json::object()},
            {"externalURL", "http://am:9093"},
            {"alerts", std::move(alerts)}};
}

}  // namespace

class TestCodec : public QObject {
    Q_OBJECT

private slots:
    void aWebhookIsRead() {
        const auto read = decode_webhook(
            message({alert("firing", {{"alertname", "A"}}), alert("resolved", {{"alertname", "B"}}, "ab")})
                .dump());
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->truncated, std::uint64_t(2));
        QCOMPARE(read->alerts.size(), std::size_t(2));
        const Alert& firing = read->alerts[0];
        QVERIFY(!firing.ended_at);
        QCOMPARE(core::format_rfc3339(firing.starts_at), std::string("2026-11-25T09:00:00.123Z"));
        QCOMPARE(core::format_rfc3339(*read->alerts[1].ended_at), std::string("2026-11-25T09:05:00.000Z"));
        QCOMPARE(id_of(firing), fmt::format("am.c0ffee.{}", firing.starts_at.time_since_epoch().count()));
    }

    void whatIsNoVersionFourIsRefused() {
        json other = message(json::array());
        other["version"] = "3";
        QVERIFY(decode_webhook(other.dump()).error().message.find("\"4\"") != std::string::npos);
        for (const char* wrong : {"", "[]", "null", "{}", "{\"version\":4}"}) QVERIFY(!decode_webhook(wrong));
        json no_print = alert("firing", {{"alertname", "A"}});
        no_print["fingerprint"] = "../x";
        QVERIFY(!decode_webhook(message({no_print}).dump()));
        QVERIFY(!decode_webhook(message({alert("pending", {{"alertname", "A"}})}).dump()));
    }

    void whatIsTooMuchIsRefusedOrCut() {
        json labels{{"alertname", "A"}};
        for (std::size_t i = 0; i < max_labels; ++i) labels["l" + std::to_string(i)] = "x";
        QVERIFY(!decode_webhook(message({alert("firing", labels)}).dump()));
        QVERIFY(!decode_webhook(
            message({alert("firing", {{"alertname", std::string(max_text_bytes + 1, 'x')}})}).dump()));
        json wordy = alert("firing", {{"alertname", "A"}});
        wordy["annotations"]["description"] = std::string(2 * max_text_bytes, 'x') + "\u00fc";
        const auto read = decode_webhook(message({wordy}).dump());
        QCOMPARE(read->alerts[0].annotations.at("description").size(), max_text_bytes);
        QVERIFY(decode_webhook(std::string(max_body_bytes + 1, ' ')).error().code == core::Errc::too_large);
        json link = alert("firing", {{"alertname", "A"}});
        link["generatorURL"] = "javascript:alert(1)";
        QCOMPARE(decode_webhook(message({link}).dump())->alerts[0].generator_url, std::string());
    }

    void severitiesAreMapped_data() {
        QTest::addColumn<QString>("word");
        QTest::addColumn<int>("severity");
        QTest::newRow("ours") << "sev1" << 1;
        QTest::newRow("upper case") << "SEV4" << 4;
        QTest::newRow("critical") << "critical" << 2;
        QTest::newRow("page") << "page" << 2;
        QTest::newRow("warning") << "warning" << 3;
        QTest::newRow("info") << "info" << 4;
        QTest::newRow("unknown") << "purple" << 3;
        QTest::newRow("watchdog") << "none" << 0;
    }
    void severitiesAreMapped() {
        QFETCH(QString, word);
        QFETCH(int, severity);
        QCOMPARE(severity_of({{"severity", word.toStdString()}}).value_or(0), severity);
        QCOMPARE(severity_of({{"priority", word.toStdString()}}).value_or(0), severity);
    }

    void theServiceIsTheAlertsOrItsGroups() {
        Alert one;
        one.labels = {{"alertname", "A"}, {"job", "node"}};
        Webhook group;
        group.group_labels = {{"alertname", "A"}, {"cluster", "eu"}};
        QCOMPARE(service_of(one), std::string("node"));
        QCOMPARE(service_of(one, &group), std::string("alertname=A, cluster=eu"));
        group.common_labels = {{"service", "gateway"}};
        QCOMPARE(service_of(one, &group), std::string("gateway"));
        one.labels["service"] = "users";
        QCOMPARE(service_of(one, &group), std::string("users"));
        QCOMPARE(service_of(Alert{}), std::string("unknown"));
    }

    void ourOwnAlertsAreKnownAgain() {
        Alert one;
        QVERIFY(!own_alert_id(one));
        one.annotations["alert_id"] = "playback.10s-60s.1";
        QCOMPARE(*own_alert_id(one), std::string("playback.10s-60s.1"));
    }

    void silencesGoThereAndBack() {
        silences::Silence silence;
        silence.id = silences::SilenceId("6c3d");
        silence.source = "pager";
        silence.matchers = {{"service", "gate.*", true, true}, {"row", "x", false, false}};
        silence.starts_at = core::WallTime(std::chrono::hours(1));
        silence.ends_at = core::WallTime(std::chrono::hours(2));
        silence.created_by = "anna";
        silence.comment = "planned";
        silence.updated_at = silence.starts_at;
        const auto read = decode_silences("[" + encode_silence(silence) + "]", "pager");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->front(), silence);
        QCOMPARE(decode_silence_id(R"({"silenceID":"ab"})")->value, std::string("ab"));
        QVERIFY(!decode_silence_id("{}"));
    }
};

QTEST_GUILESS_MAIN(TestCodec)
#include "tst_codec.moc"
