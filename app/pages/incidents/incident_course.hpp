#pragma once
// The course of one incident: the axis with its lanes, the journal below, and the chosen event beside it.

#include <QTimer>
#include <QWidget>
#include <optional>

#include "app/adapters/async.hpp"
#include "app/models/journal_model.hpp"
#include "opsclient/log_line.hpp"
#include "opsclient/site.hpp"
#include "slo/status.hpp"
#include "widgets/timeline/timeline_item.hpp"

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace qd::widgets {
class IncidentTimeline;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class EventDetail;
class PlaybackBar;
class RetimePanel;
class Session;

class IncidentCourse : public QWidget {
    Q_OBJECT

public:
    IncidentCourse(Session& session, QWidget* parent);

    /// As it is, or as playback tells it: then `playheadMs` is the moment, otherwise NaN.
    void setIncident(const incidents::Incident& incident, const IncidentJournal& journal, double playheadMs);
    void select(std::uint64_t seq);
    PlaybackBar* playbackBar() const { return playback_; }
    void setPlaybackVisible(bool visible);
    /// While the page is shown curves, stalls and logs are read again and again.
    void setReading(bool reading);

private:
    QWidget* makeTools();
    QWidget* makeAxis();
    QWidget* makeJournal();
    void followActions();
    void showItems();
    void showLanes();
    void showFilters();
    void choose(std::uint64_t seq, QObject* from);
    void search(int by);
    void read();
    void readCurves();
    void readStalls();
    void readLogs();
    void milestoneMoved(const QString& id, double ms);
    void milestoneDropped(const QString& id, double ms);
    QString sloOf() const;

    Session& session_;
    incidents::Incident incident_;
    IncidentJournal journal_;
    double playheadMs_ = qQNaN();
    std::optional<QVector<widgets::TimelineItem>> journalItems_;  // of journal_; nothing: to be made
    double openEnd_ = 0;                                          // where those end that are not over
    bool measuredShown_ = false;                                  // the axis has them, and stalls_ and logs_
    QString shownId_;

    JournalModel* model_;
    widgets::IncidentTimeline* axis_;
    widgets::TableView* table_;
    EventDetail* detail_;
    PlaybackBar* playback_;
    RetimePanel* retime_;
    QLineEdit* find_;
    QLabel* hits_;
    QComboBox* kinds_;
    QComboBox* actors_;
    QToolButton* lanes_;

    QVector<widgets::TimelineItem> stalls_, logs_;
    Latest curvesAsked_, stallsAsked_, logsAsked_;
    QTimer timer_;
    int ticks_ = 0;
};

}  // namespace qd::app
