#include "notify/message.hpp"

#include <QtTest>
#include <nlohmann/json.hpp>

#include "notify/messages.hpp"
#include "notify/slack.hpp"
#include "support/notices.hpp"

using namespace qd;
using namespace qd::notify;
using nlohmann::json;

class TestMessage : public QObject {
    Q_OBJECT

private slots:
    void eachTypeGoesRound() {
        auto reminder = test::status_update("due");
        reminder.topic = Topic::reminder;
        for (const Message& message : {Message(test::firing()), Message(test::announcement()),
                                       Message(test::status_update("So it is.")), Message(reminder)}) {
            const auto read = message_from_json(type_of(message), to_json(message));
            QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
            QVERIFY(*read == message);
        }
        QVERIFY(!message_from_json("letter", to_json(Message(test::firing()))));
    }

    void whatMakesNoSenseIsRefused() {
        const auto refused = [](auto change) {
            Announcement announcement = test::announcement();
            change(announcement);
            return !check(announcement) && !announcement_from_json(announcement.topic, to_json(announcement));
        };
        QVERIFY(!refused([](Announcement&) {}));
        QVERIFY(refused([](Announcement& a) { a.id.clear(); }));
        QVERIFY(refused([](Announcement& a) { a.id = std::string(257, 'x'); }));
        QVERIFY(refused([](Announcement& a) { a.incident.clear(); }));
        QVERIFY(refused([](Announcement& a) { a.severity = 0; }));
        QVERIFY(refused([](Announcement& a) { a.title.clear(); }));
        QVERIFY(refused([](Announcement& a) { a.title = std::string(501, 'x'); }));
        QVERIFY(refused([](Announcement& a) { a.text = std::string((16 << 10) + 1, 'x'); }));
        QVERIFY(refused([](Announcement& a) { a.audience = "customers"; }));
        QVERIFY(refused([](Announcement& a) { a.topic = Topic::status_update; }));
    }

    void aLetterIsCleanWhateverCameFromOutside() {
        auto update = test::status_update("one\r\ntwo\x01\xff");
        update.title = "a\r\nBcc: x@y\tz";
        const Letter letter = letter_of(update);
        QCOMPARE(letter.title, std::string("a  Bcc: x@y z"));
        QCOMPARE(letter.text, std::string("one\ntwo \xEF\xBF\xBD"));
        QVERIFY(letter.foot.find("INC-1") == 0);
        QVERIFY(letter_of(test::resolved(test::firing())).title.starts_with("Ended: "));
    }

    void customersAreToldNoSeverity() {
        QVERIFY(letter_of(test::announcement()).foot.find("SEV2") != std::string::npos);
        QVERIFY(letter_of(test::status_update("x")).foot.find("SEV") == std::string::npos);
    }

    void aWebhookTellsTheTypeAndTheFields() {
        const json body = json::parse(webhook_body(test::status_update("All is well.")));
        QCOMPARE(body["schema"], json(1));
        QCOMPARE(body["type"], json("status_update"));
        QCOMPARE(body["audience"], json("customers"));
        QCOMPARE(body["text"], json("All is well."));
        Destination hook;
        hook.access.url = "http://h/";
        const auto request = request_for(hook, test::status_update("x"), test::noon);
        QCOMPARE(std::string(request->headers.get("Idempotency-Key")),
                 std::string("INC-1/status/4/status_update"));
        hook.kind = Kind::alertmanager;  // it has no place for it
        QCOMPARE(request_for(hook, test::status_update("x"), test::noon).error().code,
                 core::Errc::invalid_argument);
    }

    void slackGetsTextAndBlocks() {
        const json body = json::parse(slack_body(test::announcement()));
        QCOMPARE(body["text"], json("INC-1 opened: playback fails\nSome viewers cannot start playback."));
        QCOMPARE(body["blocks"].size(), std::size_t(3));
        QCOMPARE(body["blocks"][0]["type"], json("header"));
        QCOMPARE(body["blocks"][0]["text"]["text"], json("INC-1 opened: playback fails"));
        QCOMPARE(body["blocks"][1]["text"]["text"], json("Some viewers cannot start playback."));
        QVERIFY(body["blocks"][2]["elements"][0]["text"].get<std::string>().find("SEV2") !=
                std::string::npos);
        QVERIFY(json::parse(slack_body(test::firing()))["text"].get<std::string>().starts_with("Alert: "));
    }

    void nothingBecomesAMentionOrALink() {
        const json body = json::parse(slack_body(test::status_update("<!channel> <https://x|y> & co")));
        for (const std::string& text :
             {body["text"].get<std::string>(), body["blocks"][1]["text"]["text"].get<std::string>()}) {
            QVERIFY(text.find('<') == std::string::npos && text.find('>') == std::string::npos);
            QVERIFY(text.find("&lt;!channel&gt;") != std::string::npos);
            QVERIFY(text.find("&amp; co") != std::string::npos);
        }
    }

    void slacksLimitsAreKeptByTheLongestText() {
        auto update = test::status_update(std::string(16 << 10, '<'));
        update.title = std::string(150, 'x') + "\xC3\xA4";
        json body = json::parse(slack_body(update));
        QVERIFY(body["blocks"].size() <= 50);
        QCOMPARE(body["blocks"][0]["text"]["text"], json(std::string(150, 'x')));
        std::string all;
        for (const json& block : body["blocks"])
            if (block["type"] == "section") {
                const std::string text = block["text"]["text"];
                QVERIFY(!text.empty() && text.size() <= 3'000);
                QVERIFY(text.ends_with(';'));  // no character reference is cut
                all += text;
            }
        QCOMPARE(all.size(), std::size_t(4 * (16 << 10)));
        const auto pieces = slack_pieces("äöü\näöü", 7);
        QCOMPARE(pieces, (std::vector<std::string>{"äöü", "äöü"}));
        QCOMPARE(slack_pieces("äöü", 3), (std::vector<std::string>{"ä", "ö", "ü"}));
    }

    void aDestinationTakesWhatItAskedFor() {
        Destination chat;
        chat.events = 0b110;
        chat.audiences = {"responders"};
        chat.severities = 0b00110;
        auto reminder = test::status_update("due");
        reminder.topic = Topic::reminder;
        QVERIFY(!chat.takes(test::firing(), 2));
        QVERIFY(chat.takes(test::announcement(), 2) && !chat.takes(test::announcement(), 3));
        QVERIFY(chat.takes(test::status_update("x", "responders"), 1));
        QVERIFY(!chat.takes(test::status_update("x", "customers"), 1));
        QVERIFY(chat.takes(reminder, 1));  // responders are reminded of whatever is due
        chat.audiences = {"customers"};
        QVERIFY(!chat.takes(reminder, 1));
    }

    void aPeerThatAsksToWaitIsHeard() {
        http::ClientResponse response;
        response.status = 429;
        response.headers.set("Retry-After", "90");
        QCOMPARE(judge(response).not_before.value_or(std::chrono::seconds(0)).count(), 90);
        response.headers.set("Retry-After", "999999");
        QCOMPARE(judge(response).not_before->count(), 3600);
        response.headers.set("Retry-After", "-1");
        QVERIFY(!judge(response).not_before);
    }
};

QTEST_GUILESS_MAIN(TestMessage)
#include "tst_message.moc"
