// An incident of 100,000 events, from the events as they came to its axis and its journal painted, against
// 300 ms; what one more event costs then; and what a page of the journal costs to scroll, search and filter,
// against a frame of 60 Hz.
#include <time.h>

#include <QApplication>
#include <QScrollBar>
#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "app/models/journal_model.hpp"
#include "app/pages/incidents/timeline_items.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/timeline/incident_timeline.hpp"

using namespace qd;
using namespace qd::app;
using incidents::EventKind;

namespace {

constexpr int count = 100'000, frames = 300;
constexpr double frameMs = 1'000.0 / 60;

/// What this thread has computed, whatever else the machine does meanwhile.
double spentMs() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

std::vector<incidents::Event> events() {
    std::vector<incidents::Event> all(count);
    const core::WallTime begin{std::chrono::milliseconds(1'790'000'000'000)};
    unsigned seed = 1;
    const auto next = [&seed](unsigned most) {
        return (seed = seed * 1'103'515'245 + 12'345) / 65'536 % most;
    };
    for (int i = 0; i < count; ++i) {
        incidents::Event& event = all[std::size_t(i)];
        event.seq = std::uint64_t(i) + 1;
        event.kind = i == 0 ? EventKind::opened
                            : std::array{EventKind::note, EventKind::alert, EventKind::rollout,
                                         EventKind::chaos, EventKind::delivery}[next(5)];
        event.recorded_at = event.occurred_at = begin + std::chrono::milliseconds(288 * i);
        event.actor = "anna";
        event.source = "console";
        event.body.text = "event number " + std::to_string(i) + " with a text as people write them";
        if (event.kind != EventKind::note) {
            event.body.subject = "thing-" + std::to_string(next(500));
            event.body.phase = next(2) ? "firing" : "ended";
        }
        if (i > 0 && next(100) == 0) {
            event.kind = EventKind::note;
            event.body.subject.clear();
            event.body.phase.clear();
        }
    }
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    widgets::Theme::apply(app, widgets::Mode::Dark);
    auto recorded = events();
    incidents::Incident incident;
    incident.id = incidents::IncidentId("INC-1");
    incident.started_at = incident.detected_at = recorded.front().occurred_at;
    incident.state = incidents::State::resolved;

    JournalModel model;
    widgets::TableView table;
    table.setModel(&model);
    table.setColumnLayout({84, 140, 0, 100});
    table.resize(900, 500);
    widgets::IncidentTimeline axis;
    axis.resize(1'200, 600);

    double began = spentMs();
    const IncidentJournal journal(std::move(recorded));
    const double ordered = spentMs() - began;
    began = spentMs();
    model.setJournal(journal, incident);
    const auto range = timelineRange(incident, journal, 0);
    axis.setRange(range.fromMs, range.toMs);
    axis.setTexts(timelineTexts(journal));
    axis.setItems(timelineItems(journal, {}, range.toMs));
    table.show();
    axis.show();
    QCoreApplication::processEvents();  // exposes and paints
    const double opened = spentMs() - began;
    std::printf("opening %d events: %.1f ms off the UI thread, %.1f ms on it (%.2f of 300 ms together)\n",
                count, ordered, opened, (ordered + opened) / 300);

    std::vector<double> spent;
    for (int i = 0; i < frames; ++i) {
        began = spentMs();
        table.verticalScrollBar()->setValue(table.verticalScrollBar()->maximum() / frames * i);
        table.viewport()->repaint();
        spent.push_back(spentMs() - began);
    }
    std::sort(spent.begin(), spent.end());
    const double p99 = spent[spent.size() * 99 / 100];
    std::printf("scrolling the journal: %.2f ms a frame (p99 %.2f ms, %.2f of a frame of 60 Hz)\n",
                spent[spent.size() / 2], p99, p99 / frameMs);

    std::vector<double> followed, told, laid;
    IncidentJournal grown = journal;
    for (int i = 0; i < 50; ++i) {
        incidents::Event more = grown.recorded().back();
        more.seq += 1;
        more.occurred_at += std::chrono::milliseconds(288);
        if (i % 2) {
            more.supersedes = std::uint64_t(count) / 2 + std::uint64_t(i);
            more.kind = grown.bySeq(*more.supersedes)->kind;
            more.occurred_at = grown.bySeq(*more.supersedes)->occurred_at;
        }
        began = spentMs();
        grown = grown.followedBy({std::move(more)});
        followed.push_back(spentMs() - began);
        began = spentMs();
        model.setJournal(grown, incident);
        (void)model.kinds();
        (void)model.actors();
        told.push_back(spentMs() - began);
        began = spentMs();
        axis.setTexts(timelineTexts(grown));
        axis.setItems(timelineItems(grown, {}, range.toMs));
        laid.push_back(spentMs() - began);
    }
    for (auto* times : {&followed, &told, &laid}) std::sort(times->begin(), times->end());
    std::printf(
        "one event more: %.2f ms into the journal (worst %.2f ms), %.1f ms into its table, %.1f ms "
        "onto the axis\n",
        followed[25], followed.back(), told[25], laid[25]);

    began = spentMs();
    const auto found = model.search("Number 99");
    std::printf("searching the journal: %.1f ms (%zu found)\n", spentMs() - began, found.size());
    began = spentMs();
    model.setFilter({EventKind::note, {}});
    std::printf("filtering the journal: %.1f ms (%d left)\n", spentMs() - began, model.rowCount());
    return 0;
}
