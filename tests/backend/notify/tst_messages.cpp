#include "notify/messages.hpp"

#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/files.hpp"
#include "notify/retry.hpp"
#include "support/notices.hpp"

using namespace qd;
using namespace qd::notify;
using namespace std::chrono_literals;
using nlohmann::json;

class TestMessages : public QObject {
    Q_OBJECT

private slots:
    void alertmanagerIsToldLabelsTimesAndTexts() {
        const auto now = test::noon + 30s;
        const json sent = json::parse(alertmanager_body(test::firing(), 60s, now));
        QCOMPARE(sent.size(), std::size_t(1));
        QCOMPARE(sent[0]["labels"], (json{{"alertname", "ErrorBudgetBurn"},
                                          {"slo", "playback"},
                                          {"service", "gateway"},
                                          {"severity", "sev2"},
                                          {"row", "10s/60s"}}));
        QCOMPARE(sent[0]["annotations"]["summary"], json("Playback: the error budget burns too fast"));
        QCOMPARE(sent[0]["annotations"]["description"], json("14 of 612 requests failed"));
        QCOMPARE(sent[0]["startsAt"], json(core::format_rfc3339(test::noon)));
        QCOMPARE(sent[0]["endsAt"], json(core::format_rfc3339(now + 240s)));
        const json ended = json::parse(alertmanager_body(test::resolved(test::firing()), 60s, now + 1h));
        QCOMPARE(ended[0]["endsAt"], json(core::format_rfc3339(test::noon + 90s)));
        QCOMPARE(ended[0]["labels"], sent[0]["labels"]);  // or it would be another alert
        auto anonymous = test::firing();
        anonymous.service.clear();  // Alertmanager refuses empty labels
        QVERIFY(!json::parse(alertmanager_body(anonymous, 60s, now))[0]["labels"].contains("service"));
    }

    void aWebhookGetsASchemaAndTheNoticeItself() {
        json body = json::parse(webhook_body(test::resolved(test::firing())));
        QCOMPARE(body["schema"], json(1));
        QCOMPARE(body["type"], json("alert"));
        const auto read = notice_from_json(body);
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(*read, test::resolved(test::firing()));
        auto broken = test::firing();
        broken.description = "\xff\xfe";  // came from outside; JSON is UTF-8 all the same
        QVERIFY(json::accept(webhook_body(broken)));
    }

    void noticesThatMakeNoSenseAreRefused() {
        QVERIFY(check(test::firing()).has_value());
        auto notice = test::firing();
        notice.ends_at = test::noon;
        QVERIFY(!check(notice));
        notice = test::resolved(test::firing());
        notice.ends_at = test::noon - 1s;
        QVERIFY(!check(notice));
        notice = test::firing("");
        QVERIFY(!check(notice));
        notice = test::firing();
        notice.severity = 5;
        QVERIFY(!check(notice) && !notice_from_json(to_json(notice)));
    }

    void theSignatureIsThatOfTheRfc() {
        // RFC 4231, test case 2
        QCOMPARE(signature_of("what do ya want for nothing?", "Jefe"),
                 std::string("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    }

    void aWebhooksRequestIsSignedAndNamed() {
        QTemporaryDir folder;
        Destination chat;
        chat.name = "chat";
        chat.access.url = "http://h/hook";
        chat.secret_file = folder.path().toStdString() + "/secret";
        QCOMPARE(request_for(chat, test::firing(), test::noon).error().code, core::Errc::config);
        QVERIFY(core::write_file_atomically(chat.secret_file, "Jefe\n"));
        const auto request = request_for(chat, test::firing(), test::noon);
        QVERIFY(request.has_value());
        QCOMPARE(request->url, std::string("http://h/hook"));
        QCOMPARE(request->method, http::Method::post);
        QCOMPARE(std::string(request->headers.get("X-Quarterdeck-Signature")),
                 signature_of(request->body, "Jefe"));
        QCOMPARE(std::string(request->headers.get("Idempotency-Key")), std::string("a/firing"));
        QCOMPARE(std::string(request->headers.get("Content-Type")), std::string("application/json"));
        chat.kind = Kind::alertmanager;
        QCOMPARE(request_for(chat, test::firing(), test::noon)->url,
                 std::string("http://h/hook/api/v2/alerts"));
    }

    void onlySuccessIsAcceptedAndOnlyTheMessagesFaultIsFinal() {
        const auto verdict = [](unsigned status) {
            http::ClientResponse response;
            response.status = status;
            response.body = "why\nso";
            return judge(response);
        };
        for (const unsigned status : {200u, 202u, 204u}) QCOMPARE(verdict(status).verdict, Verdict::accepted);
        for (const unsigned status : {400u, 413u, 422u}) QCOMPARE(verdict(status).verdict, Verdict::refused);
        for (const unsigned status : {302u, 401u, 403u, 404u, 408u, 429u, 500u, 503u})
            QCOMPARE(verdict(status).verdict, Verdict::again);
        QCOMPARE(verdict(503).error, std::string("answered with status 503: why so"));
        const core::Result<http::ClientResponse> failed = core::fail(core::Errc::unavailable, "no route");
        QCOMPARE(judge(failed).verdict, Verdict::again);
        QCOMPARE(judge(failed).error, std::string("no route"));
        QCOMPARE(judge(failed, 200).verdict, Verdict::accepted);  // the body was cut off behind its 200
        QCOMPARE(judge(failed, 503).verdict, Verdict::again);
    }

    void retriesDoubleUpToAMinuteWithJitter() {
        core::SeededRandom random(7);
        for (unsigned failures = 1; failures < 100; ++failures) {
            const auto whole = std::min<std::int64_t>(60'000, 1'000ll << std::min(failures - 1, 20u));
            for (int i = 0; i < 20; ++i) {
                const auto delay = retry_delay(failures, random).count();
                QVERIFY2(delay >= whole / 2 && delay <= whole, qPrintable(QString::number(delay)));
            }
        }
        std::set<std::int64_t> different;
        for (int i = 0; i < 20; ++i) different.insert(retry_delay(7, random).count());
        QVERIFY(different.size() > 10);
    }
};

QTEST_GUILESS_MAIN(TestMessages)
#include "tst_messages.moc"
