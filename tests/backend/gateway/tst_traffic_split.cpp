// The plan in force: what it takes, whom it sends where and why, and what it counts.

#include "gateway/traffic_split.hpp"

#include <QtTest>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "core/random.hpp"

using namespace qd;
using gateway::Arm;
using gateway::DrawnBy;
using gateway::SessionSet;
using gateway::TrafficSplit;
using traffic::TrafficPlan;

namespace {

const std::function<bool(Arm)> everybody = [](Arm) { return true; };

http::Request request(http::Headers headers = {}, std::string path = "/media/1/a.m4s",
                      http::Method method = http::Method::get) {
    http::Request one;
    one.method = method;
    one.headers = std::move(headers);
    one.path = std::move(path);
    return one;
}

traffic::TrafficPlan plan_of(const char* json) {
    const auto plan = traffic::parse_plan(json);
    if (!plan) qFatal("%s", plan.error().message.c_str());
    return *plan;
}

}  // namespace

class TestTrafficSplit : public QObject {
    Q_OBJECT

private slots:
    void a_plan_out_of_its_limits_is_refused_and_the_old_one_stays_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("word");
        const auto row = [](QByteArray json, const char* word) {
            QTest::addRow("%s", json.left(60).constData()) << json << QByteArray(word);
        };
        row("", "JSON");
        row("[]", "object");
        row("{}", "canary_weight");
        row(R"({"canary_weight":"5"})", "canary_weight");
        row(R"({"canary_weight":-1})", "canary_weight");
        row(R"({"canary_weight":100.1})", "canary_weight");
        row(R"({"canary_weight":60,"baseline_weight":41})", "baseline_weight");
        row(R"({"canary_weight":1,"baseline_weight":-1})", "baseline_weight");
        row(R"({"canary_weight":1,"mode":"random"})", "mode");
        row(R"({"canary_weight":1,"header_routes":[{"name":"a","match":[]}]})", "matches no header");
        row(R"({"canary_weight":1,"header_routes":[{"name":"a","match":[{"header":"H"}]}]})",
            "exact, prefix");
        row(R"({"canary_weight":1,"header_routes":[{"name":"a","match":[{"header":"","exact":"x"}]}]})",
            "name");
        row(R"({"canary_weight":1,"header_routes":[{"name":"a","match":[{"header":"H","exact":"x"}]},
                {"name":"a","match":[{"header":"H","exact":"y"}]}]})",
            "differ");
        row(R"({"canary_weight":1,"header_routes":[{"name":"a","match":[{"header":"H","regex":"(x"}]}]})",
            "missing )");
        row(R"({"canary_weight":1,"mirrors":[{"name":"m","percentage":101}]})", "percentage");
        row(R"({"canary_weight":1,"mirrors":[{"name":"m"},{"name":"n"},{"name":"o"},{"name":"p"},{"name":"q"}]})",
            "too many");
        row(R"({"canary_weight":1,"mirrors":[{"name":"m","match":[{"path":{"regex":"*"}}]}]})",
            "regular expression");
        row(R"({"canary_weight":1,"cookie":")" + QByteArray(257, 'c') + "\"}", "cookie");
    }
    void a_plan_out_of_its_limits_is_refused_and_the_old_one_stays() {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, word);
        TrafficSplit split(core::WallTime{});
        QVERIFY(split.set({"r1", 10}, {}));
        const auto plan = traffic::parse_plan(json.toStdString());
        const auto set = plan ? split.set(*plan, {}) : core::Result<>(core::Failure(plan.error()));
        QVERIFY(!set);
        QVERIFY2(set.error().message.find(word.toStdString()) != std::string::npos,
                 set.error().message.c_str());
        QCOMPARE(split.current()->plan(), (traffic::TrafficPlan{"r1", 10}));
        QVERIFY(!split.set({"r1", std::nan("")}, {}));
    }

    void any_bytes_are_a_plan_or_an_error() {
        core::SeededRandom random(3);
        const std::string seed = R"({"rollout":"r","canary_weight":10,"header_routes":[{"name":"a","match":[)"
                                 R"({"header":"X","regex":"b+"}]}],"mirrors":[{"name":"m","percentage":5}]})";
        for (int i = 0; i < 5'000; ++i) {
            std::string text = seed;
            for (std::uint64_t n = 1 + random.below(4); n > 0; --n)
                text[random.below(text.size())] = char(random.below(256));
            const auto plan = traffic::parse_plan(text);
            if (plan) QVERIFY(traffic::validate(*plan));
        }
    }

    void a_header_comes_before_the_cookie_and_that_before_the_weight() {
        TrafficSplit split(core::WallTime{});
        QVERIFY(split.set(plan_of(R"({"rollout":"r","canary_weight":0,"cookie":"beta","header_routes":[
            {"name":"staff","match":[{"header":"X-Team","exact":"video"},{"header":"X-Region","prefix":"eu-"}]},
            {"name":"qa","match":[{"header":"User-Agent","regex":"qa/[0-9]+"}]}]})"),
                          {}));
        const auto draw = [&](http::Headers headers) {
            return split.current()->draw(request(std::move(headers)), "s", everybody);
        };
        QCOMPARE(draw({}).arm, Arm::stable);
        QCOMPARE(draw({}).by, DrawnBy::weight);
        QCOMPARE(draw({{"x-team", "video"}, {"X-Region", "eu-1"}}).arm, Arm::canary);
        QCOMPARE(draw({{"X-Team", "video"}, {"X-Region", "us-1"}}).arm, Arm::stable);  // all of them
        QCOMPARE(draw({{"User-Agent", "qa/7"}}).by, DrawnBy::header);
        QCOMPARE(draw({{"User-Agent", "not qa/7"}}).arm, Arm::stable);  // the whole of it
        QCOMPARE(draw({{"Cookie", "a=b; beta=always"}}).arm, Arm::canary);
        QCOMPARE(draw({{"Cookie", "beta=always"}}).by, DrawnBy::cookie);
        QCOMPARE(draw({{"Cookie", "beta=perhaps"}}).by, DrawnBy::weight);
        QCOMPARE(draw({{"Cookie", "beta=never"}, {"User-Agent", "qa/7"}}).arm, Arm::canary);
        QVERIFY(split.set(plan_of(R"({"rollout":"r","canary_weight":100,"cookie":"beta"})"), {}));
        QCOMPARE(draw({{"Cookie", "beta=never"}}).arm, Arm::stable);
        QCOMPARE(draw({}).arm, Arm::canary);
        QCOMPARE(split.status().forced, std::uint64_t(1));
        QCOMPARE(split.status().requests[std::size_t(Arm::canary)], std::uint64_t(1));
    }

    void an_arm_without_upstreams_is_answered_for_by_stable() {
        TrafficSplit split(core::WallTime{});
        QVERIFY(split.set({"r", 50, 50}, {}));
        const auto stable_only = [](Arm arm) { return arm == Arm::stable; };
        for (int i = 0; i < 100; ++i)
            QCOMPARE(split.current()->draw(request(), std::to_string(i), stable_only).arm, Arm::stable);
        QCOMPARE(split.status().requests[std::size_t(Arm::stable)], std::uint64_t(100));
    }

    void round_robin_is_smooth_and_a_session_keeps_what_it_drew() {
        TrafficSplit split(core::WallTime{});
        QVERIFY(split.set({"r", 20, 20, traffic::SplitMode::round_robin}, {}));
        std::map<Arm, int> count;
        std::string order;
        for (int i = 0; i < 1'000; ++i) {
            const Arm arm = split.current()->draw(request(), std::to_string(i), everybody).arm;
            ++count[arm];
            if (i < 5) order += to_string(arm)[0];
            QCOMPARE(split.current()->draw(request(), std::to_string(i), everybody).arm, arm);
        }
        QCOMPARE(count[Arm::canary], 200);  // exactly
        QCOMPARE(count[Arm::baseline], 200);
        QCOMPARE(order, std::string("scsbs"));  // nginx's algorithm for 3:1:1
        for (const double weight : {0.0, 100.0}) {
            QVERIFY(split.set({"r", weight, 0, traffic::SplitMode::round_robin}, {}));
            for (int i = 0; i < 50; ++i)
                QCOMPARE(split.current()->draw(request(), std::to_string(i), everybody).arm,
                         weight > 0 ? Arm::canary : Arm::stable);
        }
    }

    void what_somebody_meant_to_be_slow_is_not() {
        TrafficSplit split(core::WallTime{});
        QVERIFY(split.set(plan_of(R"({"rollout":"r","canary_weight":0,"header_routes":[
            {"name":"evil","match":[{"header":"X","regex":"(a+)+(a+)+(a+)+b"}]}]})"),
                          {}));
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(split.current()->draw(request({{"X", std::string(8'000, 'a')}}), "s", everybody).arm,
                 Arm::stable);
        QVERIFY2(timer.elapsed() < 1'000, qPrintable(QString::number(timer.elapsed())));
    }

    void copies_are_of_what_matches_and_as_many_as_asked() {
        TrafficSplit split(core::WallTime{});
        QVERIFY(split.set(plan_of(R"({"rollout":"r","canary_weight":0,"mirrors":[{"name":"m","percentage":30,
            "match":[{"method":{"exact":"GET"},"path":{"prefix":"/media/"}},
                     {"headers":[{"header":"X-Copy","exact":"1"}]}]}]})"),
                          {}));
        const auto plan = split.current();
        int copies = 0;
        for (int i = 0; i < 10'000; ++i) copies += plan->wants_copy(request(), Arm::stable);
        QVERIFY2(std::abs(copies - 3'000) < 200, qPrintable(QString::number(copies)));
        copies = 0;
        for (int i = 0; i < 200; ++i) {
            copies += plan->wants_copy(request({}, "/api/v1/videos"), Arm::stable);
            copies += plan->wants_copy(request({}, "/media/1", http::Method::head), Arm::stable);
            copies +=
                plan->wants_copy(request({{"X-Copy", "1"}}, "/media/1", http::Method::post), Arm::stable);
            copies += plan->wants_copy(request(), Arm::canary);  // which answers already
        }
        QCOMPARE(copies, 0);
        for (int i = 0; i < 200; ++i)
            copies += plan->wants_copy(request({{"X-Copy", "1"}}, "/api"), Arm::baseline);
        QVERIFY(copies > 20);
    }

    void counts_restart_with_a_new_plan_and_go_on_with_the_same() {
        TrafficSplit split(core::WallTime{});
        QVERIFY(split.set({"r1", 100}, core::WallTime(std::chrono::seconds(5))));
        for (const char* session : {"a", "b", "a"}) split.current()->draw(request(), session, everybody);
        QCOMPARE(split.status().requests[1], std::uint64_t(3));
        QCOMPARE(split.status().sessions[1], std::uint64_t(2));
        QVERIFY(split.set({"r1", 100}, core::WallTime(std::chrono::seconds(9))));
        QCOMPARE(split.status().requests[1], std::uint64_t(3));
        QCOMPARE(split.status().since, core::WallTime(std::chrono::seconds(5)));
        const auto old = split.current();
        QVERIFY(split.set({"r1", 0}, core::WallTime(std::chrono::seconds(10))));
        QCOMPARE(split.current()->draw(request(), "a", everybody).arm, Arm::stable);
        old->draw(request(), "c", everybody);  // drawn just before the change: counted where it drew
        QCOMPARE(split.status().requests[1], std::uint64_t(0));
    }

    void what_the_canary_is_answering_is_known_across_plans() {
        TrafficSplit split(core::WallTime{});
        QVERIFY(split.set({"r1", 100}, {}));
        auto one = split.enter(Arm::canary);
        auto other = split.enter(Arm::stable);
        QVERIFY(split.set({"r1", 0}, {}));
        QCOMPARE(split.status().canary_in_flight, std::uint64_t(1));
        one.reset();
        QCOMPARE(split.status().canary_in_flight, std::uint64_t(0));
    }

    void the_status_is_the_plan_and_its_counts() {
        TrafficSplit split(core::WallTime{});
        const auto plan =
            plan_of(R"({"rollout":"r","canary_weight":12.5,"baseline_weight":12.5,"mode":"round_robin",
            "cookie":"beta","header_routes":[{"name":"a","match":[{"header":"H","exact":"x"}]}],
            "mirrors":[{"name":"m","percentage":5,"match":[{"path":{"prefix":"/media"}}]}]})");
        QVERIFY(split.set(plan, {}));
        split.current()->draw(request(), "s", everybody);
        const std::string text = to_json(split.status());
        QCOMPARE(*traffic::parse_plan(text), plan);
        const auto json = nlohmann::json::parse(text);
        QCOMPARE(json["since"].get<std::string>(), std::string("1970-01-01T00:00:00.000Z"));
        QCOMPARE(json["counts"]["stable"].get<int>(), 1);
        QCOMPARE(json["sessions"]["stable"].get<int>(), 1);
        QCOMPARE(json["sessions"]["saturated"].get<bool>(), false);
        for (const char* count :
             {"canary", "baseline", "forced", "mirrored", "mirrors_dropped", "canary_in_flight"})
            QCOMPARE(json["counts"][count].get<int>(), 0);
    }

    void sessions_are_exact_up_to_the_limit_which_is_said() {
        SessionSet set;
        core::SeededRandom random(7);
        std::set<std::uint64_t> known;
        while (known.size() < SessionSet::most) known.insert(random.next() | 1);
        for (const std::uint64_t one : known) QCOMPARE(set.add(one), SessionSet::Added::yes);
        for (const std::uint64_t one : known) QCOMPARE(set.add(one), SessionSet::Added::known);
        QCOMPARE(set.add(2), SessionSet::Added::full);
    }

    void many_threads_count_each_session_once_while_plans_change() {
        TrafficSplit split(core::WallTime{});
        QVERIFY(split.set({"r", 50, 25}, {}));
        const auto plan = split.current();
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 2'000; ++i) {
                    const auto entered = split.enter(Arm::canary);
                    plan->draw(request(), std::to_string(i), everybody);
                    if (i % 100 == 0) (void)split.set({"r", double(t), double(i % 7)}, {});
                    split.current()->draw(request(), std::to_string(i), everybody);
                }
            });
        for (std::thread& one : threads) one.join();
        const auto status = plan->status();
        QCOMPARE(status.sessions[0] + status.sessions[1] + status.sessions[2], std::uint64_t(2'000));
        QCOMPARE(status.requests[0] + status.requests[1] + status.requests[2], std::uint64_t(8'000));
        QCOMPARE(split.status().canary_in_flight, std::uint64_t(0));
    }
};

QTEST_GUILESS_MAIN(TestTrafficSplit)
#include "tst_traffic_split.moc"
