// A dashboard of 12 live charts: what a move of the pointer costs against a frame of 60 Hz, and what a
// second's new points cost against 15 % of a core.
#include <QApplication>
#include <QElapsedTimer>
#include <QGridLayout>
#include <cmath>
#include <cstdio>
#include <vector>

#include "widgets/charts/chart_group.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/theme/theme.hpp"

using namespace qd::widgets;

namespace {

constexpr int charts = 12, lines = 4, points = 450;
constexpr int moves = 600, seconds = 20;
constexpr double windowMs = 900'000, frameMs = 1'000.0 / 60, restMs = 150;

QVector<Series> drawn(int chart, double nowMs) {
    QVector<Series> all;
    for (int line = 0; line < lines; ++line) {
        Series series;
        series.name = QStringLiteral("line %1").arg(line);
        series.color = seriesToken(line);
        for (int i = 0; i < points; ++i) {
            const double at = nowMs - windowMs + i * windowMs / points;
            series.points.append(
                {at, 50 + 20 * std::sin(at / 40'000 + chart) + 5 * std::sin(at / 900 * (line + 1))});
        }
        all.append(std::move(series));
    }
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    Theme::apply(app, Mode::Dark);
    QWidget page;
    page.resize(1'440, 900);
    auto* grid = new QGridLayout(&page);
    ChartGroup group;
    qint64 now = 1'790'000'000'000;
    std::vector<TimeSeriesChart*> all;
    for (int i = 0; i < charts; ++i) {
        auto* chart = new TimeSeriesChart(QStringLiteral("Chart %1").arg(i), &page);
        chart->setClock([&now] { return now; });
        chart->setSeries(drawn(i, double(now)));
        grid->addWidget(chart, i / 4, i % 4);
        group.add(chart);
        all.push_back(chart);
    }
    group.setLive(windowMs);
    page.show();
    QCoreApplication::processEvents();
    (void)page.grab();  // fonts and first layouts

    QElapsedTimer timer;
    std::vector<double> frames;
    int rendersBefore = 0, rendersAfter = 0;
    for (const auto* chart : all) rendersBefore += chart->renderCount();
    for (int i = 0; i < moves; ++i) {
        timer.start();
        group.setCrosshair(double(now) - windowMs * (1 - i / double(moves)));
        for (auto* chart : all) chart->repaint();
        frames.push_back(double(timer.nsecsElapsed()) / 1e6);
    }
    for (const auto* chart : all) rendersAfter += chart->renderCount();
    std::sort(frames.begin(), frames.end());
    const double p99 = frames[frames.size() * 99 / 100];
    std::printf(
        "a move of the pointer over 12 charts: %.2f ms (p99 %.2f ms, %.2f of a frame), %d charts rendered "
        "anew\n",
        frames[frames.size() / 2], p99, p99 / frameMs, rendersAfter - rendersBefore);

    double spent = 0;
    for (int i = 0; i < seconds; ++i) {
        now += 1'000;
        timer.start();
        for (int c = 0; c < charts; ++c) all[std::size_t(c)]->setSeries(drawn(c, double(now)));
        for (auto* chart : all) chart->repaint();
        spent += double(timer.nsecsElapsed()) / 1e6;
    }
    std::printf("a second's new points in 12 charts: %.1f ms (%.2f of 15 %% of a core)\n", spent / seconds,
                spent / seconds / restMs);
    return 0;
}
