// A timeline of 100,000 events: what opening it costs against 300 ms, and what a frame of panning, zooming
// and stepping costs against the 16.7 ms of 60 Hz, beside an empty widget of the same size in the same run.
#include <time.h>
#include <QApplication>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "widgets/theme/theme.hpp"
#include "widgets/timeline/incident_timeline.hpp"

using namespace qd::widgets;

namespace {

constexpr int events = 100'000, frames = 300;
constexpr double t0 = 1'790'000'000'000.0, spanMs = 8 * 3'600'000.0, frameMs = 1'000.0 / 60;

QVector<TimelineItem> items() {
    QVector<TimelineItem> all;
    all.reserve(events);
    unsigned seed = 1;
    const auto next = [&seed](unsigned most) {
        return (seed = seed * 1'103'515'245 + 12'345) / 65'536 % most;
    };
    for (int i = 0; i < events; ++i) {
        TimelineItem item;
        item.id = QString::number(i + 1);
        item.lane = allLanes[1 + next(7)];
        item.state = State(next(5));
        item.icon = Icon(int(Icon::Warning) + int(next(5)));
        item.fromMs = t0 + spanMs * i / events;
        if (next(5) == 0) item.toMs = item.fromMs + next(120'000);
        all.append(item);
    }
    return all;
}

QVector<TimelineCurve> curves() {
    Series sli;
    sli.name = QStringLiteral("Availability");
    Series burn = sli;
    burn.name = QStringLiteral("Burn");
    for (int i = 0; i < 600; ++i) {
        const double at = t0 + spanMs * i / 600;
        sli.points.append({at, 0.998 + 0.002 * std::sin(i / 20.0)});
        burn.points.append({at, 1 + std::sin(i / 20.0)});
    }
    return {{sli, Unit::Ratio, {{0.995, QStringLiteral("Objective"), Token::Warn}}, 96},
            {burn, Unit::Factor, {}, 64}};
}

/// What this thread has computed, whatever else the machine does meanwhile.
double spentMs() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

template <class Step>
void measure(const char* what, QWidget& widget, double emptyMs, Step step) {
    std::vector<double> spent;
    for (int i = 0; i < frames; ++i) {
        const double began = spentMs();
        step(i);
        widget.repaint();
        spent.push_back(spentMs() - began);
    }
    std::sort(spent.begin(), spent.end());
    const double median = spent[spent.size() / 2], p99 = spent[spent.size() * 99 / 100];
    std::printf("%s: %.2f ms a frame (p99 %.2f ms, %.2f of a frame of 60 Hz; an empty widget %.2f ms)\n",
                what, median, p99, p99 / frameMs, emptyMs);
}

}  // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    Theme::apply(app, Mode::Dark);
    const QSize size(1'200, 700);
    QWidget empty;
    empty.resize(size);
    empty.show();
    QCoreApplication::processEvents();
    std::vector<double> spent;
    for (int i = 0; i < frames; ++i) {
        const double began = spentMs();
        empty.repaint();
        spent.push_back(spentMs() - began);
    }
    std::sort(spent.begin(), spent.end());
    const double emptyMs = spent[spent.size() / 2];

    const auto all = items();
    const double began = spentMs();
    IncidentTimeline line;
    line.setTexts({[](const TimelineItem& item) {
                       return QStringLiteral("event %1 with a text of some length").arg(item.id);
                   },
                   {}});
    line.resize(size);
    line.setRange(t0, t0 + spanMs);
    line.setGapAfter(150'000);
    line.setCurves(curves());
    line.setItems(all);
    line.show();
    QCoreApplication::processEvents();  // exposes and paints
    const double opened = spentMs() - began;
    std::printf("opening %d events: %.1f ms (%.2f of 300 ms)\n", events, opened, opened / 300);

    measure("panning all", line, emptyMs, [&](int i) {
        line.zoomTo({t0 + i * 20'000.0, t0 + spanMs + i * 20'000.0});
    });
    measure("panning a minute", line, emptyMs, [&](int i) {
        line.zoomTo({t0 + spanMs / 2 + i * 500.0, t0 + spanMs / 2 + 60'000 + i * 500.0});
    });
    measure("zooming", line, emptyMs, [&](int i) {
        const double half = spanMs / 2 * std::pow(0.975, i);
        line.zoomTo({t0 + spanMs / 2 - half, t0 + spanMs / 2 + half});
    });
    line.resetZoom();
    measure("stepping through events", line, emptyMs, [&](int) {
        QKeyEvent key(QEvent::KeyPress, Qt::Key_Right, {});
        QCoreApplication::sendEvent(&line, &key);
    });
    return 0;
}
