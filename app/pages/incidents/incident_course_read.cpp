// What stands on the axis beside the journal: curves, stalls and logs are read while somebody looks.
#include "app/models/values.hpp"
#include "app/pages/incidents/incident_course.hpp"
#include "app/pages/incidents/timeline_items.hpp"
#include "app/shell/session.hpp"
#include "widgets/timeline/incident_timeline.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kLogsEvery = 4;  // readings
constexpr int kLogLines = 2'000;
constexpr int kPoints = 1'200;

}  // namespace

/// The objective an incident is about: that of its first alert, else the worst of its service.
QString IncidentCourse::sloOf() const {
    if (journal_.size() == 0) return {};
    const SloAdapter& slos = session_.slos();
    for (const incidents::Event& event : journal_.recorded())
        if (event.kind == incidents::EventKind::alert || event.kind == incidents::EventKind::opened) {
            // An alert's id begins with its objective's.
            const QString subject = str(event.body.subject).section(QLatin1Char('.'), 0, 0);
            if (slos.find(subject)) return subject;
        }
    for (const auto& status : slos.statuses())
        if (status.objective.service == incident_.service) return str(status.objective.id.value);
    return {};
}

void IncidentCourse::setReading(bool reading) {
    if (reading) {
        timer_.start();
        ticks_ = 0;
        read();
        return;
    }
    timer_.stop();
    curvesAsked_.cancel();
    stallsAsked_.cancel();
    logsAsked_.cancel();
}

void IncidentCourse::read() {
    if (shownId_.isEmpty() || !session_.link().client() || !timer_.isActive()) return;
    const bool first = ticks_++ == 0;
    // Of what is over, once is enough.
    if (!first && !incidents::is_open(incident_.state)) return;
    readCurves();
    readStalls();
    if (first || ticks_ % kLogsEvery == 0) readLogs();
}

void IncidentCourse::readCurves() {
    const QString id = sloOf();
    if (id != session_.focus().slo()) {
        session_.focus().setSlo(id);
        session_.actions().updateEnabled();
    }
    const slo::Status* status = session_.slos().find(id);
    if (!status) {
        ticks_ = 0;  // objectives may not have come yet
        return axis_->setCurves({});
    }
    const TimeRange range =
        timelineRange(incident_, session_.timeline().journal(), msOf(session_.link().clock().now()));
    auto done = curvesAsked_.ask<slo::History>(
        this, [this, objective = status->objective](core::Result<slo::History> history) {
            if (!history) return;
            axis_->setGapAfter(double(std::max<std::int64_t>(5, history->step_s * 3)) * 1'000);
            axis_->setCurves(timelineCurves(*history, objective));
        });
    session_.link().client()->slo_history(status->objective.id, wallTime(qint64(range.fromMs)),
                                          wallTime(qint64(range.toMs)), kPoints, done);
}

void IncidentCourse::readStalls() {
    const TimeRange range =
        timelineRange(incident_, session_.timeline().journal(), msOf(session_.link().clock().now()));
    auto done = stallsAsked_.ask<opsclient::Series>(this, [this](core::Result<opsclient::Series> series) {
        if (!series) return;
        stalls_ = stallItems(*series);
        measuredShown_ = false;
        showItems();
    });
    session_.link().client()->series(opsclient::series::stall_ratio, wallTime(qint64(range.fromMs)),
                                     wallTime(qint64(range.toMs)), kPoints, done);
}

void IncidentCourse::readLogs() {
    const TimeRange range =
        timelineRange(incident_, session_.timeline().journal(), msOf(session_.link().clock().now()));
    auto done = logsAsked_.ask<opsclient::LogExcerpt>(this, [this](core::Result<opsclient::LogExcerpt> logs) {
        if (!logs) return;
        logs_ = logItems(logs->lines);
        measuredShown_ = false;
        showItems();
    });
    session_.link().client()->incident_logs(incident_.id, wallTime(qint64(range.fromMs)),
                                            wallTime(qint64(range.toMs)), kLogLines, done);
}

}  // namespace qd::app
