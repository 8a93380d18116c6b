#include "notify/destination.hpp"

#include <QtTest>

using namespace qd;
using namespace qd::notify;

namespace {

core::Result<std::vector<Destination>> read(const std::string& text) {
    auto reader = core::ConfigReader::parse(text, "x");
    if (!reader) return core::Failure(reader.error());
    auto destinations = read_destinations(*reader);
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
