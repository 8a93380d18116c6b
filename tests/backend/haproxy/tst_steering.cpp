#include <QTest>
#include <algorithm>

#include "haproxy/options.hpp"
#include "haproxy/steering.hpp"
#include "haproxy/weights.hpp"

using namespace qd;
using namespace qd::haproxy;
using traffic::MatchKind;
using traffic::SplitMode;
using traffic::TrafficPlan;

namespace {

Options two_and_one() {
    Options options;
    options.socket = "/s";
    options.backend = "streams";
    options.stable = {"s1", "s2"};
    options.canary = {"c1"};
    options.header_maps = {{"X-Canary", traffic::MatchKind::exact, "/m"},
                           {"X-Canary", traffic::MatchKind::prefix, "/p"}};
    return options;
}

Steered fresh(const Options& options) {
    Steered now;
    for (const std::string& name : options.stable) now.servers[name] = {true, Admin::ready, 100};
    for (const std::string& name : options.canary) now.servers[name] = {true, Admin::drain, 0};
    for (const HeaderMap& map : options.header_maps) now.maps[map.file];
    return now;
}

traffic::TrafficPlan plan(double canary) {
    traffic::TrafficPlan made;
    made.canary_weight = canary;
    made.mode = traffic::SplitMode::round_robin;
    return made;
}

void obey(Steered& now, const std::string& command) {
    const QStringList words = QString::fromStdString(command).split(' ');
    if (words[1] == "server") {
        ServerState& state = now.servers[words[2].section('/', 1).toStdString()];
        if (words[3] == "weight")
            state.weight = words[4].toUInt();
        else
            state.admin = words[4] == "ready"   ? Admin::ready
                          : words[4] == "drain" ? Admin::drain
                                                : Admin::maint;
        return;
    }
    auto& keys = now.maps[words[2].toStdString()];
    const std::string key = words[3].toStdString();
    if (words[0] == "del")
        std::erase(keys, key);
    else
        keys.push_back(key);
    std::ranges::sort(keys);
}

core::Result<Options> configured(const std::string& text) {
    auto reader = core::ConfigReader::parse(text, "opsd.yaml");
    if (!reader) return core::Failure(reader.error());
    return read_options(*reader);
}

}  // namespace

class TestSteering : public QObject {
    Q_OBJECT

private slots:
    void weightsComeNear() {
        QVERIFY((weights_for(50, 0, {1, 1, 0}) == ArmWeights{1, 1, 0}));
        QVERIFY((weights_for(0, 0, {1, 1, 0}) == ArmWeights{1, 0, 0}));
        QVERIFY((weights_for(100, 0, {1, 1, 0}) == ArmWeights{0, 1, 0}));
        QVERIFY((weights_for(10, 0, {1, 1, 0}) == ArmWeights{9, 1, 0}));
        for (unsigned stable = 1; stable <= 2; ++stable)
            for (unsigned canary = 1; canary <= 2; ++canary)
                for (int percent = 1; percent < 100; ++percent) {
                    const auto weights = weights_for(percent, 0, {stable, canary, 0});
                    QVERIFY(weights && weights->stable <= 256 && weights->canary <= 256);
                    QVERIFY(qAbs(canary_percent(*weights, {stable, canary, 0}) - percent) < 0.5);
                }
        const auto three = weights_for(10, 10, {2, 1, 1});
        QVERIFY(three && qAbs(baseline_percent(*three, {2, 1, 1}) - 10) < 0.5);
        QVERIFY(!weights_for(10, 10, {2, 1, 0}));
        QVERIFY(!weights_for(10, 0, {1, 0, 0}));
        QVERIFY(!weights_for(1, 0, {1, 8, 0}));  // 1 : 792 for each server
    }

    void whatItCannotDoIsRefused() {
        const Options options = two_and_one();
        QVERIFY(!refusal(options, plan(10)));
        traffic::TrafficPlan session = plan(10);
        session.mode = traffic::SplitMode::session;
        QVERIFY(refusal(options, session));
        // As blue-green has it: all or nothing is no split.
        session.canary_weight = 100;
        QVERIFY(!refusal(options, session));
        session.canary_weight = 10;
        Options hashing = options;
        hashing.affinity = Affinity::hash;
        QVERIFY(!refusal(hashing, session));
        QVERIFY(refusal(hashing, plan(10)));
        traffic::TrafficPlan mirror = plan(0);
        mirror.mirrors.push_back({"m", {}, 10});
        QVERIFY(refusal(options, mirror)->find("mirror") != std::string::npos);
        traffic::TrafficPlan cookie = plan(0);
        cookie.cookie = "arm";
        QVERIFY(refusal(options, cookie));
        traffic::TrafficPlan baseline = plan(5);
        baseline.baseline_weight = 5;
        QVERIFY(refusal(options, baseline));
        const auto routed = [&](std::vector<traffic::HeaderMatch> match) {
            traffic::TrafficPlan made = plan(0);
            made.header_routes.push_back({"r", std::move(match)});
            return refusal(options, made);
        };
        QVERIFY(!routed({{"x-canary", {traffic::MatchKind::exact, "a b;c"}}}));
        QVERIFY(!routed({{"X-Canary", {traffic::MatchKind::prefix, "beta-"}}}));
        QVERIFY(routed({{"X-Canary", {traffic::MatchKind::regex, ".*"}}}));
        QVERIFY(routed({{"X-Other", {traffic::MatchKind::exact, "a"}}}));
        QVERIFY(routed({{"X-Canary", {traffic::MatchKind::exact, "a\nshutdown"}}}));
        QVERIFY(routed({{"X-Canary", {traffic::MatchKind::exact, "a"}},
                        {"X-Canary", {traffic::MatchKind::exact, "b"}}}));
    }

    void commandsAreExact() {
        const Options options = two_and_one();
        const Steered now = fresh(options);
        traffic::TrafficPlan made = plan(20);
        made.header_routes.push_back({"r", {{"X-Canary", {traffic::MatchKind::exact, "a b"}}}});
        QCOMPARE(
            commands(options, now, wanted(options, made, now)),
            (std::vector<std::string>{"set server streams/c1 weight 1", "set server streams/c1 state ready",
                                      "set server streams/s1 weight 2", "set server streams/s2 weight 2",
                                      "add map /m a\\ b canary"}));
        QVERIFY(commands(options, now, now).empty());
    }

    /// Whatever follows on whatever: it ends as wanted, somebody always gets the traffic, and the canary
    /// never gets more on the way than before or after.
    void everyChangeIsSafeOnItsWay() {
        for (const Affinity affinity : {Affinity::none, Affinity::hash, Affinity::cookie}) {
            Options options = two_and_one();
            options.affinity = affinity;
            const std::vector<double> weights{0, 1, 10, 50, 90, 100};
            for (const double from : weights)
                for (const double to : weights)
                    for (const bool routed : {false, true}) {
                        traffic::TrafficPlan after = plan(to);
                        if (routed)
                            after.header_routes.push_back(
                                {"r", {{"X-Canary", {traffic::MatchKind::exact, "a"}}}});
                        Steered now = wanted(options, plan(from), fresh(options));
                        const Steered then = wanted(options, after, now);
                        for (const std::string& command : commands(options, now, then)) {
                            obey(now, command);
                            bool somebody = false;
                            for (const auto& [name, state] : now.servers)
                                somebody = somebody || (state.admin == Admin::ready && state.weight > 0);
                            QVERIFY2(somebody, command.c_str());
                            if (to == 0 && from < 100)
                                QVERIFY(plan_of(options, now).canary_weight <= from + 0.5);
                        }
                        QVERIFY2(now == then, difference(now, then).c_str());
                        QVERIFY(qAbs(plan_of(options, now).canary_weight - to) < 0.5);
                        QCOMPARE(plan_of(options, now).header_routes.size(), std::size_t(routed ? 1 : 0));
                    }
        }
    }

    /// What the runner has stopped stays so until it is started or to get traffic.
    void aStoppedCanaryIsLeftSo() {
        const Options options = two_and_one();
        Steered now = fresh(options);
        now.servers["c1"].admin = Admin::maint;
        QVERIFY(commands(options, now, wanted(options, plan(0), now)).back().find("c1") == std::string::npos);
        QCOMPARE(wanted(options, plan(0), now).servers.at("c1").admin, Admin::maint);
        QCOMPARE(wanted(options, plan(10), now).servers.at("c1").admin, Admin::ready);
        now.servers["s1"].admin = Admin::maint;
        QCOMPARE(wanted(options, plan(0), now).servers.at("s1").admin, Admin::ready);
    }

    void aCookieIsEndedByMaintenance() {
        Options options = two_and_one();
        options.affinity = Affinity::cookie;
        const Steered now = wanted(options, plan(50), fresh(options));
        QCOMPARE(wanted(options, plan(0), now).servers.at("c1").admin, Admin::maint);
        options.affinity = Affinity::hash;
        QCOMPARE(wanted(options, plan(0), now).servers.at("c1").admin, Admin::drain);
    }

    void theConfigurationIsReadOrRefusedByLine() {
        const std::string good =
            "name: edge\nkind: haproxy\nsocket: /run/haproxy.sock\nbackend: streams\nstable: [s1, s2]\n"
            "canary: [c1]\naffinity: hash\nheader_maps:\n  - {header: X-Canary, match: prefix, file: "
            "/etc/c.map}\nversions: {s1: v1, s2: v1, c1: v2}\n";
        const auto read = configured(good);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->name, std::string("edge"));
        QCOMPARE(read->stable.size(), std::size_t(2));
        QCOMPARE(read->affinity, Affinity::hash);
        QVERIFY((read->header_maps ==
                 std::vector<HeaderMap>{{"X-Canary", traffic::MatchKind::prefix, "/etc/c.map"}}));
        const auto message = [&](const std::string& from, const std::string& to) {
            std::string text = good;
            text.replace(text.find(from), from.size(), to);
            const auto wrong = configured(text);
            return wrong ? QString() : QString::fromStdString(wrong.error().message);
        };
        QVERIFY(message("/run/haproxy.sock", "nowhere").contains("opsd.yaml:3"));
        QVERIFY(message("backend: streams", "backend: 'a b'").contains("opsd.yaml:4"));
        QVERIFY(message("[s1, s2]", "[]").contains("stable"));
        QVERIFY(message("[c1]", "[s1]").contains("a second time"));
        QVERIFY(message("hash", "ip").contains("opsd.yaml:7"));
        QVERIFY(message("prefix", "regex").contains("opsd.yaml:9"));
        QVERIFY(message("kind: haproxy", "kind: nginx").contains("kind"));
        QVERIFY(message("affinity", "afinity").contains("afinity"));
        QVERIFY(message("s2: v1, ", "").contains("opsd.yaml:10: 's2' is missing"));
        QVERIFY(message("c1: v2", "c1: v2, c9: v2").contains("c9"));
        QVERIFY(message("c1: v2", "c1: 'v 2'").contains("must be a version"));
        QVERIFY(message("versions: {s1: v1, s2: v1, c1: v2}\n", "").contains("versions_file"));
        QVERIFY(message("affinity", "versions_file: /v\naffinity").contains("not both"));
        QVERIFY(message("[c1]", "['c1; shutdown frontend f']").contains("names of servers"));
    }
};

QTEST_GUILESS_MAIN(TestSteering)
#include "tst_steering.moc"
