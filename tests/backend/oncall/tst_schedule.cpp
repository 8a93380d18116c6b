#include <QRandomGenerator>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "oncall/picture.hpp"
#include "oncall/rota_file.hpp"

using namespace qd;
using namespace qd::oncall;

namespace {

core::WallTime at(const char* text) {
    const auto time = core::parse_rfc3339(text);
    if (!time) qFatal("%s", text);
    return *time;
}

Rota rota(const std::string& text) {
    auto read = parse_rota(text, "x.yaml");
    if (!read) qFatal("%s", read.error().message.c_str());
    return *read;
}

QString people(const std::vector<Shift>& shifts) {
    QStringList names;
    for (const Shift& shift : shifts) names << QString::fromStdString(shift.person);
    return names.join(' ');
}

const std::string weekly = R"(
time_zone: Europe/Berlin
layers:
  - {name: primary, people: [anna, ben], start: 2026-01-05, rotation: 1 week, handoff: "09:00"}
)";

}  // namespace

class TestSchedule : public QObject {
    Q_OBJECT

private slots:
    void turnsChangeAtTheHandoff() {
        const Rota weeks = rota(weekly);
        QVERIFY(who(weeks, at("2026-01-05T07:59:59Z")).empty());  // it has not begun
        QCOMPARE(people(who(weeks, at("2026-01-05T08:00:00Z"))), QString("anna"));
        QCOMPARE(people(who(weeks, at("2026-01-12T07:59:59Z"))), QString("anna"));
        QCOMPARE(people(who(weeks, at("2026-01-12T08:00:00Z"))), QString("ben"));
        QCOMPARE(people(who(weeks, at("2026-01-19T08:00:00Z"))), QString("anna"));
        const auto coming = next(weeks, at("2026-01-06T00:00:00Z"));
        QCOMPARE(coming.size(), std::size_t(1));
        QCOMPARE(coming[0].person, std::string("ben"));
        QCOMPARE(coming[0].from, at("2026-01-12T08:00:00Z"));
    }

    void aHandoffStaysAtItsTimeOfDayWhenClocksChange() {
        const Rota weeks = rota(weekly);
        // Spring: 29 March 2026, 02:00 -> 03:00. The turn that holds the change is an hour short.
        const auto spring = shifts(weeks, at("2026-03-25T00:00:00Z"), at("2026-03-31T00:00:00Z"));
        QCOMPARE(spring.size(), std::size_t(2));
        QCOMPARE(spring[0].to, at("2026-03-30T07:00:00Z"));
        QCOMPARE(spring[0].to - spring[0].from, std::chrono::hours(7 * 24 - 1));
        // Autumn: 25 October 2026, 03:00 -> 02:00.
        const auto autumn = shifts(weeks, at("2026-10-24T00:00:00Z"), at("2026-10-24T01:00:00Z"));
        QCOMPARE(autumn[0].to - autumn[0].from, std::chrono::hours(7 * 24 + 1));
        QCOMPARE(autumn[0].to, at("2026-10-26T08:00:00Z"));
    }

    void aHandoffInTheHourThatIsLeaptOverIsTheLeap() {
        const Rota daily = rota(
            "time_zone: Europe/Berlin\nlayers: [{name: p, people: [anna, ben], start: 2026-03-28, rotation: "
            "1 "
            "day, handoff: \"02:30\"}]");
        const auto around = shifts(daily, at("2026-03-28T00:00:00Z"), at("2026-03-30T12:00:00Z"));
        QCOMPARE(people(around), QString("anna ben anna"));
        QCOMPARE(around[1].from, at("2026-03-29T01:00:00Z"));
        QCOMPARE(around[1].from, around[0].to);
        QVERIFY(gaps(around, at("2026-03-28T02:00:00Z"), at("2026-03-30T12:00:00Z")).empty());
    }

    void businessHoursLeaveGaps() {
        const Rota office = rota(R"(
layers:
  - name: office
    people: [anna]
    start: 2026-01-05
    rotation: 1 week
    restrictions: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]
)");
        QCOMPARE(people(who(office, at("2026-01-07T16:59:59Z"))), QString("anna"));
        QVERIFY(who(office, at("2026-01-07T17:00:00Z")).empty());
        QVERIFY(who(office, at("2026-01-10T12:00:00Z")).empty());  // a Saturday
        const auto week = shifts(office, at("2026-01-12T00:00:00Z"), at("2026-01-19T00:00:00Z"));
        QCOMPARE(week.size(), std::size_t(5));
        const auto free = gaps(week, at("2026-01-12T00:00:00Z"), at("2026-01-19T00:00:00Z"));
        QCOMPARE(free.size(), std::size_t(6));
        QCOMPARE(free.back().to - free.back().from, std::chrono::hours(24 * 2 + 7));
    }

    void aNightThatEndsTomorrowIsOneShift() {
        const Rota nights = rota(R"(
layers:
  - name: night
    people: [anna]
    start: 2026-01-01
    rotation: 1 week
    restrictions: [{from: "22:00", to: "06:00"}]
)");
        const auto now = who(nights, at("2026-01-10T03:00:00Z"));
        QCOMPARE(now.size(), std::size_t(1));
        QCOMPARE(now[0].from, at("2026-01-09T22:00:00Z"));
        QCOMPARE(now[0].to, at("2026-01-10T06:00:00Z"));
    }

    void anOverrideTakesItsLayersPlace() {
        const Rota over = rota(weekly + R"(
  - {name: secondary, people: [dora], start: 2026-01-05, rotation: 1 week, handoff: "09:00"}
overrides:
  - {person: carla, from: "2026-01-07 09:00", to: "2026-01-08T09:00:00+01:00"}
)");
        QCOMPARE(people(who(over, at("2026-01-07T07:59:00Z"))), QString("anna dora"));
        QCOMPARE(people(who(over, at("2026-01-07T08:00:00Z"))), QString("carla dora"));
        QCOMPARE(people(who(over, at("2026-01-08T08:00:00Z"))), QString("anna dora"));
        QCOMPARE(who(over, at("2026-01-07T07:00:00Z"))[0].to, at("2026-01-07T08:00:00Z"));
    }

    void aPersonInTwoPlacesIsReported() {
        const Rota twice = rota(R"(
layers:
  - {name: primary, people: [anna, ben], start: 2026-01-05, rotation: 1 day}
  - {name: secondary, people: [ben, ben], start: 2026-01-05, rotation: 1 day}
)");
        const auto from = at("2026-01-05T00:00:00Z"), to = at("2026-01-07T00:00:00Z");
        const auto found = overlaps(shifts(twice, from, to), from, to);
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].text, std::string("ben is on primary and secondary at once"));
        QCOMPARE(found[0].span.from, at("2026-01-06T00:00:00Z"));
    }

    void aLayerIsNeverEmptyNorDoubleWhateverTheZone() {
        QRandomGenerator random(7);
        const char* zones[] = {"UTC",
                               "Europe/Berlin",
                               "America/New_York",
                               "Australia/Lord_Howe",
                               "Asia/Kathmandu",
                               "America/Santiago"};
        const char* turns[] = {"1 hour", "12 hours", "1 day", "3 days", "1 week", "2 weeks"};
        for (int round = 0; round < 120; ++round) {
            const char* zone = zones[random.bounded(6)];
            const Rota any =
                rota(fmt::format("time_zone: {}\nlayers: [{{name: p, people: [a, b, c], start: 2026-01-01, "
                                 "rotation: {}, handoff: "
                                 "\"{:02}:{:02}\"}}]",
                                 zone, turns[random.bounded(6)], random.bounded(24), random.bounded(60)));
            const auto from = at("2026-02-01T00:00:00Z") + std::chrono::minutes(random.bounded(400'000));
            const auto to = from + std::chrono::hours(24 * 10);
            const auto all = shifts(any, from, to);
            QVERIFY2(gaps(all, from, to).empty(), zone);
            QVERIFY2(overlaps(all, from, to).empty(), zone);
            for (std::size_t i = 1; i < all.size(); ++i) QCOMPARE(all[i].from, all[i - 1].to);
            // Whoever is listed is also the answer at any moment.
            const auto moment = from + std::chrono::minutes(random.bounded(24 * 60 * 10));
            const auto now = who(any, moment);
            QCOMPARE(now.size(), std::size_t(1));
            QVERIFY(std::find(all.begin(), all.end(), now[0]) != all.end());
        }
    }

    void thePictureSurvivesTheWire() {
        const Rota weeks = rota(weekly);
        Picture picture;
        picture.as_of = at("2026-03-27T10:00:00Z");
        picture.rotas.push_back(picture_of(weeks, "x.yaml", "x.yaml:3: odd", picture.as_of));
        QCOMPARE(picture.rotas[0].now.size(), std::size_t(1));
        QCOMPARE(*picture.rotas[0].next_handoff, picture.rotas[0].now[0].to);
        QCOMPARE(picture.rotas[0].next[0].from, picture.rotas[0].now[0].to);
        const auto back = picture_from_json(nlohmann::json::parse(to_json(picture).dump()));
        QVERIFY2(back.has_value(), back ? "" : back.error().message.c_str());
        QVERIFY(*back == picture);
    }
};

QTEST_APPLESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
