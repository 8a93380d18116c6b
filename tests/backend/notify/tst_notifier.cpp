// The way of a notice over real HTTP, with a clock that moves when told.
#include "notify/notifier.hpp"

#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "http/server.hpp"
#include "notify/messages.hpp"
#include "support/fake_clock.hpp"
#include "support/mail_server.hpp"
#include "support/notices.hpp"
#include "support/program.hpp"

using namespace qd;
using namespace qd::notify;
using namespace std::chrono_literals;
using test::firing;
using test::resolved;

namespace {

/// A receiver that answers as it is told, and a notifier that sends to it as "hook" and "pager".
struct Desk {
    explicit Desk(const std::string& folder, std::vector<Destination> others = {})
        : more(std::move(others)), folder_(folder) {
        const auto take = [this](const http::Request& request) {
            const std::lock_guard lock(mutex_);
            bodies_.push_back(request.body);
            keys_.push_back(std::string(request.headers.get("Idempotency-Key")));
            http::Response response = http::Response::text(status, reply);
            if (!retry_after.empty()) response.headers.set("Retry-After", retry_after);
            return response;
        };
        server_.route_blocking(http::Method::post, "/hook", take);
        server_.route_blocking(http::Method::post, "/api/v2/alerts", take);
        if (!server_.start()) qFatal("no server");
        open();
    }
    ~Desk() { close(); }

    void open() {
        outbox = std::move(*Outbox::open(folder_ + "/outbox.sqlite", clock));
        pool = std::make_unique<core::ThreadPool>(2, "work");
        Destination hook, pager;
        hook.name = "hook";
        hook.access.url = "http://" + server_.address() + "/hook";
        hook.severities = 0b00110;  // 1 and 2
        pager.name = "pager";
        pager.kind = Kind::alertmanager;
        pager.access.url = "http://" + server_.address();
        pager.severities = 0b10000;  // 4
        std::vector all{hook, pager};
        for (Destination& one : more) all.push_back(one);
        notifier = std::make_unique<Notifier>(
            Notifier::Parts{*outbox, client, *pool, clock, random, telemetry::null_log()}, std::move(all));
    }
    void close() {
        notifier->stop();
        pool->stop();
        notifier.reset();
        outbox.reset();
    }

    std::vector<Entry> entries() const { return *outbox->list(std::nullopt, 1'000); }
    /// Ticks until all entries are like that.
    bool until(const std::function<bool(const Entry&)>& holds) {
        return test::eventually(
            [&] {
                notifier->tick();
                return std::ranges::all_of(entries(), holds);
            },
            10'000);
    }
    std::vector<std::string> bodies() {
        const std::lock_guard lock(mutex_);
        return bodies_;
    }
    std::vector<std::string> keys() {
        const std::lock_guard lock(mutex_);
        return keys_;
    }

    std::string address() const { return server_.address(); }

    std::vector<Destination> more;  // before open()
    test::FakeClock clock;
    core::SeededRandom random{1};
    http::Client client;
    std::atomic<unsigned> status{200};
    std::string reply;
    std::string retry_after;
    std::unique_ptr<Outbox> outbox;
    std::unique_ptr<core::ThreadPool> pool;
    std::unique_ptr<Notifier> notifier;

private:
    std::string folder_;
    std::mutex mutex_;
    std::vector<std::string> bodies_, keys_;
    http::Server server_{http::ServerOptions{}};
};

bool is_sent(const Entry& entry) {
    return entry.state == EntryState::sent;
}

}  // namespace

class TestNotifier : public QObject {
    Q_OBJECT

private slots:
    void bothPhasesArriveOnceAndInOrder() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        QVERIFY(desk.notifier->notify(firing()));
        QVERIFY(desk.notifier->notify(resolved(firing())));
        QVERIFY(desk.notifier->notify(firing()));
        QVERIFY(desk.until(is_sent));
        QCOMPARE(desk.keys(), (std::vector<std::string>{"a/firing", "a/resolved"}));
        QCOMPARE(desk.bodies().at(0), webhook_body(firing()));
        auto cosmetic = firing("b");
        cosmetic.severity = 3;  // nobody takes it
        QVERIFY(desk.notifier->notify(cosmetic));
        QCOMPARE(desk.entries().size(), std::size_t(2));
    }

    void nothingIsSentThatWasNotAccepted() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        desk.status = 503;
        desk.reply = "later";
        QVERIFY(desk.notifier->notify(firing()));
        QVERIFY(desk.until([](const Entry& e) { return e.attempts == 1 && e.state == EntryState::queued; }));
        const Entry entry = desk.entries().at(0);
        QCOMPARE(entry.last_error, std::string("answered with status 503: later"));
        QVERIFY(!entry.accepted_at);
        QVERIFY(*entry.next_attempt_at >= desk.clock.now() + 500ms &&
                *entry.next_attempt_at <= desk.clock.now() + 1s);
        desk.clock.advance(1s);
        QVERIFY(desk.until([](const Entry& e) { return e.attempts == 2 && e.state == EntryState::queued; }));
        QVERIFY(*desk.entries().at(0).next_attempt_at >= desk.clock.now() + 1s);
        desk.status = 200;
        desk.clock.advance(2s);
        QVERIFY(desk.until(is_sent));
        QCOMPARE(desk.bodies().size(), std::size_t(3));
    }

    void aRefusalIsFinal() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        desk.status = 400;
        QVERIFY(desk.notifier->notify(firing()));
        QVERIFY(desk.until([](const Entry& e) { return e.state == EntryState::failed; }));
        desk.clock.advance(1h);
        desk.status = 200;
        QVERIFY(desk.notifier->notify(firing("b", "other")));
        QVERIFY(desk.until([](const Entry& e) { return e.state != EntryState::queued; }));
        QCOMPARE(desk.bodies().size(), std::size_t(2));
    }

    void aHugeAnswerBehindSuccessIsSuccess() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        desk.reply = std::string(1 << 20, 'x');
        QVERIFY(desk.notifier->notify(firing()));
        QVERIFY(desk.until(is_sent));
        QCOMPARE(desk.entries().at(0).deliveries, 1u);
    }

    void alertmanagerIsToldAgainWhileItFires() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        auto minor = firing();
        minor.severity = 4;
        QVERIFY(desk.notifier->notify(minor));
        QVERIFY(desk.until([](const Entry& e) { return e.deliveries == 1; }));
        for (std::uint32_t n = 2; n <= 4; ++n) {
            desk.clock.advance(60s);
            QVERIFY(desk.until([&](const Entry& e) { return e.deliveries == n; }));
        }
        const auto sent = nlohmann::json::parse(desk.bodies().back());
        QCOMPARE(sent[0]["endsAt"], nlohmann::json(core::format_rfc3339(desk.clock.now() + 240s)));
        QVERIFY(desk.notifier->notify(resolved(minor)));
        QVERIFY(desk.until(is_sent));
        desk.clock.advance(1h);
        QVERIFY(desk.notifier->notify(firing("b", "other")));
        QVERIFY(desk.until(is_sent));
        QCOMPARE(desk.bodies().size(), std::size_t(6));
    }

    void manyAreSentWithoutWaitingForTicks() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        for (int i = 0; i < 60; ++i) {
            const std::string id = std::to_string(i);
            QVERIFY(desk.notifier->notify(firing(id, id)));
        }
        desk.notifier->tick();
        QVERIFY(test::eventually([&] { return std::ranges::all_of(desk.entries(), is_sent); }, 10'000));
        QCOMPARE(desk.bodies().size(), std::size_t(60));
    }

    void anUpdateGoesToChatAndMailAndEachSaysWhatBecameOfIt() {
        if (const QString missing = test::MailServer::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        QTemporaryDir folder;
        test::MailServer server({"--reply", "mail 451 Busy"});
        Destination mail;
        mail.name = "mail";
        mail.kind = Kind::email;
        mail.events = 0b110;
        mail.audiences = {"customers"};
        mail.mail.url = server.url();
        mail.mail.starttls = StartTls::off;
        mail.mail.from = "qd@example.org";
        mail.mail.to = {"all@example.org"};
        Destination refused = mail;
        refused.name = "refused";
        refused.mail.to = {"nobody@example.org"};
        test::MailServer strict({"--reply", "rcpt 550 No such user"});
        refused.mail.url = strict.url();
        Desk desk(folder.path().toStdString(), {mail, refused});
        std::atomic<int> changes{0};
        desk.notifier->on_change([&] { ++changes; });
        const auto to = desk.notifier->announce(test::status_update("It is over."), 2);
        QCOMPARE(*to, (std::vector<std::string>{"mail", "refused"}));
        QCOMPARE(*desk.notifier->announce(test::status_update("It is over."), 2), *to);
        QCOMPARE(desk.notifier->announce(test::status_update("x", "executives"), 2)->size(), std::size_t(0));
        QVERIFY(desk.until([](const Entry& e) {
            return e.destination == "mail" ? e.attempts == 1 && e.state == EntryState::queued
                                           : e.state == EntryState::failed;
        }));
        QCOMPARE(desk.entries().size(), std::size_t(2));
        QVERIFY(desk.entries().at(1).last_error.find("451 Busy") != std::string::npos);
        QVERIFY(desk.entries().at(0).last_error.find("550 No such user") != std::string::npos);
        QVERIFY(changes > 0);
        // Its turn comes again, and this time the server takes it.
        desk.close();
        server.end();
        test::MailServer mended;
        desk.more.at(0).mail.url = mended.url();
        desk.open();
        desk.clock.advance(2s);
        QVERIFY(desk.until([](const Entry& e) { return e.destination == "refused" || is_sent(e); }));
        QCOMPARE(mended.taken(1).size(), std::size_t(1));
        QVERIFY(mended.taken(1)[0].data.find("It is over.") != std::string::npos);
    }

    void chatGetsItsOwnFormAndItsPauseIsKept() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        Destination chat;
        chat.name = "chat";
        chat.kind = Kind::slack;
        chat.events = 0b010;
        chat.access.url = "http://" + desk.address() + "/hook";
        desk.close();
        desk.more = {chat};
        desk.open();
        desk.status = 429;
        desk.retry_after = "40";
        QVERIFY(desk.notifier->announce(test::announcement(), 2));
        QVERIFY(desk.until([](const Entry& e) { return e.attempts == 1 && e.state == EntryState::queued; }));
        QVERIFY(*desk.entries().at(0).next_attempt_at == desk.clock.now() + 40s);
        desk.status = 200;
        desk.clock.advance(40s);
        QVERIFY(desk.until(is_sent));
        QVERIFY(nlohmann::json::parse(desk.bodies().back()).contains("blocks"));
    }

    void aHandTriesAgainWhatHasFailed() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        desk.status = 400;
        QVERIFY(desk.notifier->notify(firing()));
        QVERIFY(desk.until([](const Entry& e) { return e.state == EntryState::failed; }));
        desk.status = 200;
        QVERIFY(desk.notifier->try_again(desk.entries().at(0).id));
        QVERIFY(desk.until(is_sent));
        QCOMPARE(desk.notifier->try_again(desk.entries().at(0).id).error().code, core::Errc::conflict);
        QCOMPARE(desk.notifier->drop(desk.entries().at(0).id, "anna").error().code, core::Errc::conflict);
        QVERIFY(desk.outbox->add(test::announcement(), {"gone"}));
        const Entry lost = desk.entries().at(0);
        QVERIFY(desk.notifier->settle({}));
        QCOMPARE(desk.notifier->try_again(lost.id).error().code, core::Errc::conflict);
        QCOMPARE(desk.notifier->drop(lost.id, "anna")->state, EntryState::dropped);
    }

    void whatWasTakenButNotNotedIsSentAgainUnderItsName() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        Destination chat;
        chat.name = "chat";
        chat.kind = Kind::slack;
        chat.events = 0b010;
        chat.access.url = "http://" + desk.address() + "/hook";
        desk.close();
        desk.more = {chat};
        desk.open();
        // The process dies when the other side has taken it, before that is noted: as if it had never been
        // told.
        QVERIFY(desk.notifier->announce(test::announcement(), 2));
        const auto claimed = desk.outbox->claim("chat", 1, 5min);
        QCOMPARE(claimed->size(), std::size_t(1));
        auto request = request_for(chat, claimed->at(0).message, desk.clock.now());
        QCOMPARE(judge(desk.client.fetch(*request)).verdict, Verdict::accepted);
        desk.close();
        desk.open();
        QVERIFY(desk.until(is_sent));
        QCOMPARE(desk.keys(), (std::vector<std::string>{"INC-1/opened/incident", "INC-1/opened/incident"}));
        QCOMPARE(desk.entries().at(0).attempts, 2u);
    }

    void whatWaitsGoesOutAfterARestart() {
        QTemporaryDir folder;
        Desk desk(folder.path().toStdString());
        desk.status = 500;
        QVERIFY(desk.notifier->notify(firing()));
        QVERIFY(desk.until([](const Entry& e) { return e.attempts == 1 && e.state == EntryState::queued; }));
        desk.close();
        desk.status = 200;
        desk.clock.advance(2s);
        desk.open();
        QVERIFY(desk.notifier->settle({"a"}));
        QVERIFY(desk.notifier->notify(firing()));  // the monitor tells again what it knows
        QVERIFY(desk.until(is_sent));
        QCOMPARE(desk.entries().size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestNotifier)
#include "tst_notifier.moc"
