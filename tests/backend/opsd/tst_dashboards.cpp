// Dashboards from their files to the typed client, and what happens when a file changes.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "support/opsd_site.hpp"
#include "support/program.hpp"

using namespace qd;
using opsclient::Dashboard;
using test::Answer;
using test::OpsdSite;

namespace {

const std::string good = R"(id: mine
title: Mine
panels:
  - title: Errors by arm
    unit: ratio
    series:
      - label: errors
        ratio:
          part: {metric: gateway_responses_total, where: {code: "5*"}}
          of: {metric: gateway_responses_total}
        by: arm
  - {title: Answers, kind: stat, series: [{label: all, increase: gateway_responses_total}]}
  - {title: Requests, unit: per_minute, series: [{label: all, rate: gateway_responses_total}]}
)";

void write(OpsdSite& site, const std::string& name, const std::string& text) {
    const auto folder = site.data() / "dashboards";
    if (!core::make_directories(folder) || !core::write_file_atomically(folder / name, text))
        qFatal("cannot write");
}

opsclient::Dashboards list(OpsdSite& site) {
    Answer<opsclient::Dashboards> answer;
    site.client->dashboards(answer.callback());
    auto all = answer.get();
    if (!all) qFatal("%s", all.error().message.c_str());
    return *all;
}

std::optional<Dashboard> find(OpsdSite& site, const std::string& id) {
    for (const Dashboard& board : list(site).items)
        if (board.id.value == id) return board;
    return std::nullopt;
}

core::Result<opsclient::PanelCurves> curves(OpsdSite& site, const std::string& id, std::size_t number,
                                            int seconds, int points = 300) {
    Answer<opsclient::PanelCurves> answer;
    const auto now = site.clock.now() + std::chrono::seconds(1);
    site.client->panel_series(dashboards::DashboardId(id), number, now - std::chrono::seconds(seconds), now,
                              points, answer.callback());
    return answer.get();
}

}  // namespace

class TestDashboards : public QObject {
    Q_OBJECT

private slots:
    void theBuiltInOnesAreThere() {
        OpsdSite site;
        site.start();
        site.pass(5);
        const auto all = list(site);
        QCOMPARE(all.items.size(), std::size_t(3));
        QCOMPARE(all.items[0].id.value, std::string("on-call"));
        QVERIFY(all.items[1].role == dashboards::Role::release_manager);
        for (const Dashboard& board : all.items) {
            QCOMPARE(board.source, std::string("built-in"));
            QVERIFY(board.error.empty() && !board.panels.empty());
        }
        QVERIFY(all.left_out.empty());
    }

    void aPanelDrawsWhatWasScraped() {
        OpsdSite site;
        write(site, "mine.yaml", good);
        site.start();
        site.pass(30, 20, 0, 10, 5);
        const auto errors = curves(site, "mine", 0, 60);
        QVERIFY2(errors.has_value(), errors ? "" : errors.error().message.c_str());
        QCOMPARE(errors->lines.size(), std::size_t(2));
        QCOMPARE(errors->lines[0].label, std::string("errors stable"));
        QCOMPARE(errors->lines[1].split, std::string("canary"));
        QVERIFY(errors->unit == dashboards::Unit::ratio);
        QCOMPARE(errors->lines[1].points.back().value, 0.5);
        QCOMPARE(*errors->lines[0].over_range, 0.0);
        QCOMPARE(*errors->lines[1].as_of, std::chrono::floor<std::chrono::seconds>(site.clock.now()));
        const auto answers = curves(site, "mine", 1, 10);
        QCOMPARE(*answers->lines[0].over_range, 300.0);
        const auto coarse = curves(site, "mine", 2, 20, 5);
        QVERIFY(coarse->step_s >= 5 && coarse->lines[0].points.size() <= 5);
        QCOMPARE(coarse->lines[0].points[1].value, 1'800.0);
        QCOMPARE(coarse->lines[0].points[1].low, 1'800.0);
    }

    void aChangedFileIsReadWithoutARestart() {
        OpsdSite site;
        site.start();
        site.pass(1);
        QVERIFY(!find(site, "mine"));
        std::vector<std::string> told;
        std::mutex mutex;
        opsclient::EventHandlers handlers;
        std::atomic<bool> open{false};
        handlers.on_open = [&] { open = true; };
        handlers.on_event = [&](const opsclient::Event& event) {
            const std::lock_guard lock(mutex);
            if (event.type == "dashboard") told.push_back(event.subject);
        };
        const auto subscription = site.client->subscribe(std::move(handlers));
        QVERIFY(test::eventually([&] { return open.load(); }, 5'000));

        write(site, "mine.yaml", good);
        site.pass(1);
        QVERIFY(find(site, "mine"));
        // Broken: the previous version stays, with the line of what is wrong.
        std::string broken = good;
        broken.replace(broken.find("unit: ratio"), 11, "unit: furlongs");
        write(site, "mine.yaml", broken);
        site.pass(1);
        const auto kept = find(site, "mine");
        QCOMPARE(kept->panels.size(), std::size_t(3));
        QVERIFY2(kept->error.starts_with("mine.yaml:5: 'unit' must be one of"), kept->error.c_str());
        QVERIFY(curves(site, "mine", 0, 60).has_value());
        write(site, "mine.yaml", good + "  - {title: More, kind: alerts}\n");
        site.pass(1);
        QCOMPARE(find(site, "mine")->panels.size(), std::size_t(4));
        QVERIFY(find(site, "mine")->error.empty());
        std::filesystem::remove(site.data() / "dashboards" / "mine.yaml");
        site.pass(1);
        QVERIFY(!find(site, "mine"));
        QVERIFY(curves(site, "mine", 0, 60).error().code == core::Errc::not_found);
        QVERIFY(test::eventually(
            [&] {
                const std::lock_guard lock(mutex);
                return told.size() == 4 && told[3] == "mine";
            },
            5'000));
    }

    void aFileMayStandInPlaceOfABuiltInOne() {
        OpsdSite site;
        std::string text = good;
        text.replace(text.find("id: mine"), 8, "id: on-call");
        write(site, "on-call.yaml", text);
        write(site, "zz.yaml", good + "no: yaml: at: all");
        write(site, "again.yaml", good);
        write(site, "mine.yaml", good);
        site.start();
        const auto all = list(site);
        QCOMPARE(all.items[0].source, std::string("on-call.yaml"));
        QCOMPARE(all.items[0].panels.size(), std::size_t(3));
        QVERIFY(find(site, "zz")->panels.empty());
        QVERIFY(find(site, "zz")->error.starts_with("zz.yaml:"));
        // Of two with one id, the one whose name comes later is refused.
        QCOMPARE(find(site, "mine")->source, std::string("again.yaml"));
        QVERIFY(find(site, "mine")->error.find("is in again.yaml too") != std::string::npos);
        // One that is broken from the start leaves the built-in one, and says so there.
        write(site, "on-call.yaml", "id: [\n");
        site.stop();
        site.start();
        QCOMPARE(list(site).items[0].source, std::string("built-in"));
        QVERIFY(list(site).items[0].error.starts_with("on-call.yaml:"));
    }

    void whatIsTooMuchIsRefusedAndNamed() {
        OpsdSite site;
        for (int i = 0; i < 60; ++i) {
            std::string text = good;
            text.replace(text.find("id: mine"), 8, fmt::format("id: m{}", i));
            write(site, fmt::format("m{:02}.yaml", i), text);
        }
        write(site, "a-huge.yaml", good + "#" + std::string(100'000, 'x'));
        write(site, "readme.txt", "no dashboard");
        site.start();
        const auto all = list(site);
        QCOMPARE(all.items.size(), dashboards::max_dashboards);
        QVERIFY(find(site, "a-huge")->error.find("larger than 64 KiB") != std::string::npos);
        QCOMPARE(all.left_out.size(), std::size_t(60 + 3 + 1 - 50));
        QVERIFY(all.left_out.back().starts_with("m59.yaml is not read"));
        QVERIFY(curves(site, "m0", 3, 60).error().code == core::Errc::not_found);
        http::ClientRequest request;
        request.url = "http://" + site.opsd->address() + "/api/v1/dashboards";
        QCOMPARE(site.http.fetch(std::move(request))->status, 401u);
    }
};

QTEST_GUILESS_MAIN(TestDashboards)
#include "tst_dashboards.moc"
