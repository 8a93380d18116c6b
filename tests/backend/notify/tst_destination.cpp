#include "notify/destination.hpp"

#include <QtTest>

using namespace qd;
using namespace qd::notify;

namespace {

constexpr std::array<std::string_view, 2> audiences{"responders", "customers"};

core::Result<std::vector<Destination>> read(const std::string& text) {
    auto reader = core::ConfigReader::parse(text, "x");
    if (!reader) return core::Failure(reader.error());
    auto destinations = read_destinations(*reader, "notify", audiences);
    if (auto done = reader->finish(); !done) return core::Failure(done.error());
    return destinations;
}

}  // namespace

class TestDestination : public QObject {
    Q_OBJECT

private slots:
    void theListIsRead() {
        const auto read_all = read(
            "notify:\n"
            "  - {name: pager, kind: alertmanager, url: 'https://a/', severities: [1, 2], resend_s: 30}\n"
            "  - {name: chat, kind: webhook, url: 'http://h/1', secret_file: /s, headers: {X-Team: "
            "video}}\n");
        QVERIFY2(read_all.has_value(), read_all ? "" : read_all.error().message.c_str());
        QCOMPARE(read_all->size(), std::size_t(2));
        const Destination& pager = read_all->front();
        QCOMPARE(pager.kind, Kind::alertmanager);
        QVERIFY(pager.takes(1) && pager.takes(2) && !pager.takes(3) && !pager.takes(4) && !pager.takes(9));
        QCOMPARE(pager.resend.count(), 30);
        QVERIFY(pager.resends());
        const Destination& chat = read_all->back();
        QVERIFY(chat.takes(1) && chat.takes(4) && !chat.resends());
        QCOMPARE(chat.secret_file.string(), std::string("/s"));
        QCOMPARE(chat.access.headers.size(), std::size_t(1));
        QVERIFY(read("")->empty());
    }

    void chatAndMailAreRead() {
        const auto all = read(
            "notify:\n"
            "  - {name: chat, kind: slack, url: 'https://h/services/1', events: [alerts, incidents]}\n"
            "  - name: mail\n"
            "    kind: email\n"
            "    url: smtp://mail.example.org:587\n"
            "    username: u\n"
            "    password_file: /p\n"
            "    from: qd@example.org\n"
            "    to: [a@example.org, b@example.org]\n"
            "    events: [status_updates]\n"
            "    audiences: [customers]\n"
            "  - {name: sealed, kind: email, url: 'smtps://m', from: a@b, to: [c@d]}\n");
        QVERIFY2(all.has_value(), all ? "" : all.error().message.c_str());
        const Destination& chat = all->at(0);
        QVERIFY(chat.takes(Event::alerts) && chat.takes(Event::incidents) &&
                !chat.takes(Event::status_updates));
        QVERIFY(!chat.resends() && !chat.serves("customers"));
        const Destination& mail = all->at(1);
        QVERIFY(!mail.takes(Event::alerts) && mail.serves("customers") && !mail.serves("responders"));
        QCOMPARE(mail.mail.starttls, StartTls::required);
        QCOMPARE(mail.mail.to.size(), std::size_t(2));
        QVERIFY(all->at(2).takes(Event::alerts));  // as it was before there was anything else
    }

    void addressesAreOneAddress() {
        for (const char* good : {"a@b", "a.b+c@example.org"}) QVERIFY2(is_mail_address(good), good);
        for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nBcc: x@y", "<a@b>", "a@b,c@d",
                                "A <a@b>", "a@b;c", "\xc3\xa4@b"})
            QVERIFY2(!is_mail_address(bad), bad);
    }

    void mistakesAreToldWithTheirLine_data() {
        QTest::addColumn<QString>("entry");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* entry, const char* said) { QTest::newRow(entry) << entry << said; };
        row("{kind: webhook, url: 'http://h'}", "x:2: 'name' is missing");
        row("{name: A b, kind: webhook, url: 'http://h'}", "x:2: 'name' must");
        row("{name: a, kind: mail, url: 'http://h'}", "x:2: 'kind' must");
        row("{name: a, kind: webhook}", "x:2: 'url' is missing");
        row("{name: a, kind: webhook, url: 'http://h', severities: [0]}", "x:2: 'severities' must");
        row("{name: a, kind: webhook, url: 'http://h', severities: []}", "x:2: 'severities' lets");
        row("{name: a, kind: webhook, url: 'http://h', severities: high}",
            "x:2: 'severities' has the wrong type");
        row("{name: a, kind: alertmanager, url: 'http://h', resend_s: 5}", "x:2: 'resend_s' must");
        row("{name: a, kind: webhook, url: 'http://h', resend_s: 60}", "x:2: 'resend_s' is not");
        row("{name: a, kind: alertmanager, url: 'http://h', secret_file: s}", "x:2: 'secret_file' is not");
        row("{name: a, kind: slack, url: 'http://h', events: [all]}", "x:2: 'events' must");
        row("{name: a, kind: slack, url: 'http://h', events: []}", "x:2: 'events' lets");
        row("{name: a, kind: slack, url: 'http://h', events: [status_updates]}", "x:2: 'events' hold status");
        row("{name: a, kind: slack, url: 'http://h', audiences: [customers]}", "x:2: 'audiences' belong");
        row("{name: a, kind: slack, url: 'http://h', events: [status_updates], audiences: [all]}",
            "x:2: 'audiences' hold 'all': there are responders, customers");
        row("{name: a, kind: alertmanager, url: 'http://h', events: [incidents]}", "x:2: 'events' is not");
        row("{name: a, kind: email, url: 'http://h', from: a@b, to: [c@d]}", "x:2: 'url' must begin");
        row("{name: a, kind: email, url: 'smtp://u:p@h', from: a@b, to: [c@d]}", "x:2: 'url' must be");
        row("{name: a, kind: email, url: 'smtp://h', to: [c@d]}", "x:2: 'from' is missing");
        row("{name: a, kind: email, url: 'smtp://h', from: a@b, to: []}", "x:2: 'to' must hold");
        row("{name: a, kind: email, url: 'smtp://h', from: a@b, to: [c]}", "x:2: 'to' holds what");
        row("{name: a, kind: email, url: 'smtp://h', from: a@b, to: [c@d], username: u}",
            "x:2: 'username' needs both");
        row("{name: a, kind: email, url: 'smtp://h', from: a@b, to: [c@d], username: u, password_file: p, "
            "starttls: off}",
            "x:2: 'username' is never");
        row("{name: a, kind: email, url: 'smtps://h', from: a@b, to: [c@d], starttls: off}",
            "x:2: 'starttls' belongs");
        row("{name: a, kind: email, url: 'smtp://h', from: a@b, to: [c@d], starttls: maybe}",
            "x:2: 'starttls' must");
        row("{name: a, kind: webhook, url: 'http://h'}\n  - {name: a, kind: webhook, url: 'http://h'}",
            "x:3: 'name' is given twice");
    }
    void mistakesAreToldWithTheirLine() {
        QFETCH(QString, entry);
        QFETCH(QString, said);
        const auto destinations = read("notify:\n  - " + entry.toStdString() + "\n");
        QVERIFY(!destinations);
        QVERIFY2(QString::fromStdString(destinations.error().message).startsWith(said),
                 destinations.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestDestination)
#include "tst_destination.moc"
