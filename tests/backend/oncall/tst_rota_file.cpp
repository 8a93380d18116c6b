#include <QtTest>

#include "oncall/rota_file.hpp"

using namespace qd;
using namespace qd::oncall;

namespace {

const std::string good = R"(name: Platform
time_zone: Europe/Berlin
services: [gateway]
auto_assign: commander
layers:
  - name: primary
    people: [anna, ben]
    start: 2026-01-07
    rotation: 2 weeks
    handoff: "09:30"
    weekday: monday
    restrictions: [{days: [mon, fri], from: "08:00", to: "24:00"}]
overrides:
  - {person: carla, from: "2026-11-26 09:00", to: "2026-11-27 09:00"}
)";

QString refusal(std::string text) {
    const auto rota = parse_rota(std::move(text), "x.yaml");
    return rota ? QString() : QString::fromStdString(rota.error().message);
}

std::string with(const std::string& old, const std::string& now) {
    std::string text = good;
    text.replace(text.find(old), old.size(), now);
    return text;
}

}  // namespace

class TestRotaFile : public QObject {
    Q_OBJECT

private slots:
    void aWholeRotaIsRead() {
        const auto rota = parse_rota(good, "x.yaml");
        QVERIFY2(rota.has_value(), rota ? "" : rota.error().message.c_str());
        QCOMPARE(rota->name, std::string("Platform"));
        QCOMPARE(rota->auto_assign, std::string("commander"));
        const Layer& layer = rota->layers.at(0);
        QCOMPARE(layer.turn_minutes, std::int64_t(14 * 24 * 60));
        // The first Monday on or after the 7th is the 12th.
        QCOMPARE(layer.first_handoff.value, parse_day("2026-01-12")->value + 9 * 60 + 30);
        QVERIFY(layer.restrictions.at(0).days[0] && !layer.restrictions.at(0).days[1]);
        QCOMPARE(layer.restrictions.at(0).to_minute, 1440);
        QCOMPARE(rota->overrides.at(0).layer, std::string("primary"));
        QCOMPARE(core::format_rfc3339(rota->overrides.at(0).from), std::string("2026-11-26T08:00:00.000Z"));
    }
    void whatIsWrongIsNamedWithItsLine_data() {
        QTest::addColumn<QString>("old");
        QTest::addColumn<QString>("now");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const char* old, const char* now, const char* said) {
            QTest::newRow(name) << old << now << said;
        };
        row("zone", "Europe/Berlin", "Europe/Atlantis", "x.yaml:2: 'time_zone'");
        row("role", "commander", "king", "x.yaml:4: 'auto_assign'");
        row("nobody", "[anna, ben]", "[]", "x.yaml:7: 'people'");
        row("day", "2026-01-07", "2026-02-30", "x.yaml:8: 'start'");
        row("turn", "2 weeks", "0 weeks", "x.yaml:9: 'rotation'");
        row("long turn", "2 weeks", "60 weeks", "x.yaml:9: 'rotation'");
        row("handoff", "\"09:30\"", "\"25:00\"", "x.yaml:10: 'handoff'");
        row("weekday", "weekday: monday", "weekday: moonday", "x.yaml:11: 'weekday'");
        row("weekday of days", "2 weeks", "3 days", "x.yaml:11: 'weekday'");
        row("restriction", "fri]", "xmas]", "x.yaml:12: 'days'");
        row("override", "\"2026-11-27 09:00\"", "\"2026-11-25 09:00\"", "x.yaml:14: 'to'");
        row("unknown", "services", "servces", "x.yaml:3: 'servces'");
    }
    void whatIsWrongIsNamedWithItsLine() {
        QFETCH(QString, old);
        QFETCH(QString, now);
        QFETCH(QString, said);
        const QString is = refusal(with(old.toStdString(), now.toStdString()));
        QVERIFY2(is.startsWith(said), qPrintable(is));
    }
    void thereAreLimits() {
        std::string many = "layers:\n";
        for (int i = 0; i < 11; ++i)
            many += fmt::format("  - {{name: l{}, people: [a], start: 2026-01-01, rotation: 1 day}}\n", i);
        QVERIFY(refusal(many).contains("at most 10"));
        QVERIFY(refusal(std::string(max_file_bytes + 1, '#')).contains("larger than 512 KiB"));
        QVERIFY(refusal("name: x\n").contains("'layers' is missing"));
        QVERIFY(
            refusal("layers: [{name: a, people: [x], start: 2026-01-01, rotation: 1 day}, {name: a, people: "
                    "[x], start: 2026-01-01, rotation: 1 day}]")
                .contains("another layer's"));
    }
};

QTEST_APPLESS_MAIN(TestRotaFile)
#include "tst_rota_file.moc"
