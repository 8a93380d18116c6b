#include <fmt/format.h>

#include <QtTest>
#include <algorithm>
#include <vector>

#include "viewers/catalogue.hpp"
#include "viewers/habits.hpp"

using namespace qd;
using core::Seconds;

class TestHabits : public QObject {
    Q_OBJECT
private slots:
    void most_leave_soon_and_some_stay_long() {
        core::SeededRandom random(1);
        const viewers::Habits habits;
        std::vector<double> times;
        double sum = 0;
        for (int i = 0; i < 20'000; ++i) {
            times.push_back(viewers::watch_time(habits, random).count());
            sum += times.back();
            QVERIFY(times.back() >= 8 && times.back() <= 600);
        }
        std::sort(times.begin(), times.end());
        QVERIFY2(times[10'000] < 16, qPrintable(QString::number(times[10'000])));
        QVERIFY(times[19'900] > 150);  // one in a hundred
        QVERIFY2(sum / 20'000 > 18 && sum / 20'000 < 32, qPrintable(QString::number(sum / 20'000)));
    }

    void pauses_are_short_and_bounded() {
        core::SeededRandom random(2);
        double sum = 0;
        for (int i = 0; i < 20'000; ++i) {
            const double pause = viewers::pause_time({}, random).count();
            QVERIFY(pause >= 0 && pause <= 20);
            sum += pause;
        }
        QVERIFY(qAbs(sum / 20'000 - 3) < 0.2);
    }

    void the_first_titles_are_the_popular_ones() {
        core::SeededRandom random(3);
        std::vector<int> chosen(10);
        for (int i = 0; i < 10'000; ++i) ++chosen[viewers::choose_title(10, random)];
        QVERIFY(chosen[0] > chosen[1] && chosen[1] > chosen[4] && chosen[9] > 0);
        QVERIFY(qAbs(double(chosen[0]) / chosen[1] - 2) < 0.3);
        QCOMPARE(viewers::choose_title(1, random), std::size_t(0));
    }

    void arrivals_are_spread_evenly() {
        core::SeededRandom random(4);
        double last = 0;
        for (std::size_t i = 0; i < 200; ++i) {
            const double at = viewers::arrival(i, 200, random).count();
            QVERIFY(at <= 20 && at - last < 0.21);
            last = at;
        }
        QVERIFY(last > 19.7);
        QVERIFY(viewers::arrival(0, 1, random).count() <= 2);
    }

    void retries_back_off_to_ten_seconds() {
        core::SeededRandom random(5);
        for (unsigned failures = 1; failures < 50; ++failures) {
            const double wait = viewers::retry_wait(failures, random).count();
            QVERIFY(wait >= 0.75 && wait <= 12.5);
            if (failures > 5) QVERIFY(wait >= 7.5);
        }
    }

    void who_has_a_complete_title_does_not_watch_one_that_grows() {
        const auto of = [](const char* states) {
            std::string items;
            for (const char* at = states; *at != 0; ++at)
                items += fmt::format(R"({}{{"id":"{}","state":"{}"}})", items.empty() ? "" : ",", at - states,
                                     *at == 'r' ? "ready" : "playable");
            return *viewers::read_titles("{\"items\":[" + items + "]}");
        };
        QCOMPARE(of("prpr"), (std::vector<std::string>{"1", "3"}));
        QCOMPARE(of("pp"), (std::vector<std::string>{"0", "1"}));
        QVERIFY(of("").empty());
    }

    void the_list_of_titles_is_read_with_care() {
        const auto titles = viewers::read_titles(
            R"({"items":[{"id":"a","state":"ready"},{"id":"b","state":"processing"},{"id":"c","state":"playable"},)"
            R"({"id":7,"state":"ready"},{"state":"ready"},5,{"id":"d"}],"next":null})");
        QVERIFY(titles.has_value());
        QCOMPARE(*titles, (std::vector<std::string>{"a"}));
        for (const char* bad : {"", "[]", "{}", "{\"items\":5}", "{\"items\":[", "null"})
            QVERIFY(!viewers::read_titles(bad));
        QVERIFY(*viewers::read_playable(R"({"id":"a","state":"ready"})"));
        QVERIFY(!*viewers::read_playable(R"({"id":"a","state":"failed"})"));
        QVERIFY(!viewers::read_playable("{}"));
    }
};

QTEST_GUILESS_MAIN(TestHabits)
#include "tst_habits.moc"
