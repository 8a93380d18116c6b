#include <QtTest>
#include <limits>
#include <nlohmann/json.hpp>

#include "slo/codec_heatmap.hpp"

using namespace qd;
using namespace qd::slo;

class TestHeatmap : public QObject {
    Q_OBJECT

private slots:
    void theWireCarriesItBothWays() {
        Heatmap map{SloId("a"), 60, {0.1, 0.5, std::numeric_limits<double>::infinity()}, {}};
        map.columns.push_back({core::WallTime(std::chrono::seconds(1'800'000'000)), {1, 0, 1ull << 40}});
        const auto json = to_json(map);
        QVERIFY(json["bounds"][2].is_null());
        const auto again = heatmap_from_json(nlohmann::json::parse(json.dump()));
        QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
        QVERIFY(*again == map);
        QVERIFY(*heatmap_from_json(to_json(Heatmap{SloId("b"), 1, {}, {}})) ==
                (Heatmap{SloId("b"), 1, {}, {}}));
    }

    void whatIsNoHeatmapIsRefused() {
        const auto refused = [](const char* rest, const char* word) {
            const auto map = heatmap_from_json(
                nlohmann::json::parse(fmt::format(R"({{"slo_id":"a","step_s":1,{}}})", rest)));
            return !map && map.error().message.find(word) != std::string::npos;
        };
        QVERIFY(refused(R"("columns":[])", "bounds"));
        QVERIFY(refused(R"("bounds":[2,1],"columns":[])", "ascend"));
        QVERIFY(refused(R"("bounds":[null,1],"columns":[])", "ascend"));
        QVERIFY(refused(R"("bounds":["x"],"columns":[])", "bounds"));
        QVERIFY(
            refused(R"("bounds":[1],"columns":[{"at":"2026-11-23T19:00:00Z","counts":[1,2]}])", "counts"));
        QVERIFY(refused(R"("bounds":[1],"columns":[{"at":"2026-11-23T19:00:00Z","counts":[-1]}])", "counts"));
        QVERIFY(refused(R"("bounds":[1],"columns":[{"counts":[1]}])", "at"));
    }
};

QTEST_GUILESS_MAIN(TestHeatmap)
#include "tst_heatmap.moc"
