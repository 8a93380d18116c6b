#include "app/pages/incidents/incident_course.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollArea>
#include <QShortcut>
#include <QSplitter>
#include <QToolButton>
#include <limits>

#include "app/models/event_words.hpp"
#include "app/models/keyed_table_model.hpp"
#include "app/models/values.hpp"
#include "app/pages/incidents/attachments.hpp"
#include "app/pages/incidents/event_detail.hpp"
#include "app/pages/incidents/playback_bar.hpp"
#include "app/pages/incidents/retime_panel.hpp"
#include "app/pages/incidents/timeline_items.hpp"
#include "app/shell/preferences.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/timeline/incident_timeline.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kReadMs = 3'000;

}  // namespace

IncidentCourse::IncidentCourse(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::sm);
    playback_ = new PlaybackBar(this);
    playback_->hide();
    retime_ = new RetimePanel(this);
    retime_->hide();
    column->addWidget(playback_);
    column->addWidget(makeTools());
    column->addWidget(retime_);
    auto* split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::md);
    split->addWidget(makeAxis());
    split->addWidget(makeJournal());
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({360, 190});
    column->addWidget(split, 1);
    timer_.setInterval(kReadMs);
    connect(&timer_, &QTimer::timeout, this, &IncidentCourse::read);
    followActions();
    showLanes();
    detail_->setEvent(*model_, 0);
}

QWidget* IncidentCourse::makeTools() {
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::sm);
    find_ = new QLineEdit(bar);
    find_->setPlaceholderText(QStringLiteral("Find in the journal ( / , F3 next)"));
    find_->setAccessibleName(QStringLiteral("Find in the journal"));
    find_->setMaxLength(200);
    find_->setMaximumWidth(280);
    hits_ = makeMutedLabel({}, Type::Small, bar);
    kinds_ = new QComboBox(bar);
    kinds_->setAccessibleName(QStringLiteral("Kind of event"));
    actors_ = new QComboBox(bar);
    actors_->setAccessibleName(QStringLiteral("Who"));
    lanes_ = makeIconButton(Icon::More, QStringLiteral("Lanes of the timeline"), bar);
    lanes_->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(lanes_);
    for (const Lane lane : allLanes) {
        QAction* shown = menu->addAction(laneName(lane));
        shown->setCheckable(true);
        shown->setChecked(!(session_.preferences().hiddenLanes() & (1u << unsigned(lane))));
        connect(shown, &QAction::toggled, this, [this, lane](bool visible) {
            const unsigned bit = 1u << unsigned(lane);
            const unsigned now = session_.preferences().hiddenLanes();
            session_.preferences().setHiddenLanes(visible ? now & ~bit : now | bit);
            showLanes();
        });
    }
    lanes_->setMenu(menu);
    row->addWidget(find_, 1);
    row->addWidget(hits_);
    row->addStretch();
    row->addWidget(kinds_);
    row->addWidget(actors_);
    row->addWidget(lanes_);
    auto* slash = new QShortcut(QKeySequence(Qt::Key_Slash), this);
    slash->setContext(Qt::WidgetWithChildrenShortcut);
    const auto toField = [this] {
        find_->setFocus(Qt::ShortcutFocusReason);
        find_->selectAll();
    };
    connect(slash, &QShortcut::activated, this, toField);
    connect(&session_.focus(), &TimelineFocus::searchWanted, this, toField);
    connect(find_, &QLineEdit::textChanged, this, [this] { search(0); });
    connect(find_, &QLineEdit::returnPressed, this, [this] { search(1); });
    const auto filter = [this] {
        JournalFilter wanted;
        if (const int kind = kinds_->currentData().toInt(); kind > 0)
            wanted.kind = incidents::EventKind(kind - 1);
        wanted.actor = actors_->currentData().toString().toStdString();
        model_->setFilter(wanted);
        search(0);
    };
    connect(kinds_, &QComboBox::activated, this, filter);
    connect(actors_, &QComboBox::activated, this, filter);
    return bar;
}

QWidget* IncidentCourse::makeAxis() {
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setMinimumHeight(200);
    axis_ = new IncidentTimeline;
    scroll->setWidget(axis_);
    axis_->setAutoFillBackground(false);
    connect(axis_, &IncidentTimeline::itemSelected, this, [this](const QString& id) {
        choose(journalKey(id), axis_);
        if (journalKey(id) > 0) return;
        for (const TimelineItem& item : axis_->items())
            if (item.id == id) return detail_->setMeasured(item);
    });
    connect(axis_, &IncidentTimeline::rangeZoomed, this, [this] {
        const TimeRange range = axis_->visibleRange();
        session_.focus().setRange(range.fromMs, range.toMs);
    });
    connect(axis_, &IncidentTimeline::milestoneMoved, this, &IncidentCourse::milestoneMoved);
    connect(axis_, &IncidentTimeline::milestoneDropped, this, &IncidentCourse::milestoneDropped);
    connect(axis_, &IncidentTimeline::milestoneLeft, retime_, &QWidget::hide);
    connect(axis_, &IncidentTimeline::milestoneRefused, this, [this](const QString& why) {
        hits_->setText(why.isEmpty() ? QString() : QStringLiteral("It stays: %1").arg(why));
    });
    return scroll;
}

QWidget* IncidentCourse::makeJournal() {
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::sm);
    model_ = new JournalModel(this);
    table_ = new TableView(split);
    table_->setModel(model_);
    table_->setColumnLayout({78, 128, 0, 68});
    table_->setAccessibleName(QStringLiteral("Journal"));
    table_->setMinimumHeight(120);
    table_->setEmptyContent(Icon::Note, QStringLiteral("Nothing of that kind"),
                            QStringLiteral("Show all kinds and everybody again to see the whole journal."));
    detail_ = new EventDetail(session_.actions(), split);
    split->addWidget(table_);
    split->addWidget(detail_);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({530, 350});
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid() && table_->hasFocus()) choose(model_->keyAt(index.row()), table_);
    });
    connect(table_, &TableView::rowActivated, this, [this](const QModelIndex& index) {
        choose(model_->keyAt(index.row()), table_);
        detail_->setFocus(Qt::OtherFocusReason);
    });
    connect(detail_, &EventDetail::viewWanted, this, [this](const incidents::Event& event) {
        viewAttachment(session_, this, str(incident_.id.value), event);
    });
    connect(detail_, &EventDetail::saveWanted, this, [this](const incidents::Event& event) {
        saveAttachment(session_, this, str(incident_.id.value), event);
    });
    return split;
}

void IncidentCourse::followActions() {
    TimelineFocus& focus = session_.focus();
    connect(&focus, &TimelineFocus::nextHitWanted, this, &IncidentCourse::search);
    connect(&focus, &TimelineFocus::lanesWanted, lanes_, &QToolButton::showMenu);
    connect(&focus, &TimelineFocus::retimeEnded, this, [this] {
        axis_->endMove();
        retime_->hide();
    });
    connect(&focus, &TimelineFocus::eventChanged, this, [this] {
        const std::uint64_t chosen = session_.focus().event();
        if (chosen == 0 || journal_.rowOf(chosen) >= 0) choose(chosen, &session_.focus());
    });
    connect(&session_.selection(), &Selection::incidentChanged, &focus, [&focus] { focus.setEvent(0); });
    connect(&focus, &TimelineFocus::playbackPauseWanted, this,
            [this] { playback_->setRunning(!playback_->isRunning()); });
    connect(&focus, &TimelineFocus::playbackStepWanted, playback_, &PlaybackBar::step);
    connect(&focus, &TimelineFocus::playbackSpeedWanted, playback_, &PlaybackBar::changeSpeed);
}

void IncidentCourse::setPlaybackVisible(bool visible) {
    playback_->setVisible(visible);
}

void IncidentCourse::setIncident(const incidents::Incident& incident, const IncidentJournal& journal,
                                 double playheadMs) {
    const QString id = str(incident.id.value);
    const bool another = id != shownId_;
    const bool sameJournal = !another && journal.recorded().data() == journal_.recorded().data() &&
                             journal.recorded().size() == journal_.recorded().size() &&
                             incident.pinned == incident_.pinned;
    const bool same = sameJournal && incident.conflicts == incident_.conflicts;
    // Which objective it is about the journal tells.
    const bool fresh = another || (journal_.size() == 0 && journal.size() > 0);
    const bool moves = incidents::is_open(incident.state) || !qIsNaN(playheadMs) || !qIsNaN(playheadMs_);
    incident_ = incident;
    journal_ = journal;
    playheadMs_ = playheadMs;
    if (another) {
        shownId_ = id;
        stalls_.clear();
        logs_.clear();
        axis_->setCurves({});
        axis_->resetZoom();
    }
    if (!sameJournal) journalItems_.reset();
    axis_->setPlayhead(playheadMs);
    if (axis_->movedMilestone().isEmpty()) axis_->setMilestones(timelineMilestones(incident, journal));
    if (!same) {
        model_->setJournal(journal, incident);
        showFilters();
        showItems();
        detail_->setEvent(*model_, session_.focus().event());
        // It may have been chosen before the journal came.
        if (axis_->selectedItem().isEmpty() && journal_.rowOf(session_.focus().event()) >= 0)
            choose(session_.focus().event(), this);
    } else if (moves) {
        showItems();
    }
    if (fresh) {
        ticks_ = 0;
        read();
    }
}

void IncidentCourse::showItems() {
    const auto now = session_.link().clock().now();
    const IncidentJournal& whole = qIsNaN(playheadMs_) ? journal_ : session_.timeline().journal();
    const TimeRange range = timelineRange(incident_, whole, msOf(now));
    axis_->setRange(range.fromMs, range.toMs);
    const double openEnd = qIsNaN(playheadMs_) ? std::numeric_limits<double>::infinity() : playheadMs_;
    // Of a long journal this takes its time; while nothing is new only the range moves on.
    if (!journalItems_ || openEnd != openEnd_) {
        journalItems_ = timelineItems(journal_, incident_.pinned, openEnd);
        openEnd_ = openEnd;
        measuredShown_ = false;
        axis_->setTexts(timelineTexts(journal_));
    }
    if (!measuredShown_) {
        QVector<TimelineItem> items = *journalItems_;
        for (const auto* measured : {&stalls_, &logs_})
            for (const TimelineItem& item : *measured)
                if (qIsNaN(playheadMs_) || item.fromMs <= playheadMs_) items.append(item);
        axis_->setItems(items);
        measuredShown_ = true;
    }
    const TimeRange shown = axis_->visibleRange();
    session_.focus().setRange(shown.fromMs, shown.toMs);
}

void IncidentCourse::showLanes() {
    for (const Lane lane : allLanes)
        axis_->setLaneVisible(lane, !(session_.preferences().hiddenLanes() & (1u << unsigned(lane))));
}

void IncidentCourse::showFilters() {
    const auto fill = [](QComboBox* box, const QString& all,
                         const QVector<QPair<QString, QVariant>>& entries) {
        if (box->count() == entries.size() + 1) return;
        const QVariant chosen = box->currentData();
        box->clear();
        box->addItem(all);
        for (const auto& [text, value] : entries) box->addItem(text, value);
        box->setCurrentIndex(std::max(0, box->findData(chosen)));
    };
    QVector<QPair<QString, QVariant>> kinds, actors;
    for (const incidents::EventKind kind : model_->kinds()) kinds.append({kindWord(kind), int(kind) + 1});
    for (const QString& actor : model_->actors()) actors.append({actor, actor});
    fill(kinds_, QStringLiteral("All kinds"), kinds);
    fill(actors_, QStringLiteral("Everybody"), actors);
}

void IncidentCourse::select(std::uint64_t seq) {
    choose(seq, this);
}

void IncidentCourse::choose(std::uint64_t seq, QObject* from) {
    const int row = journal_.rowOf(seq);
    const std::uint64_t key = row < 0 ? 0 : journal_.key(std::size_t(row));
    session_.focus().setEvent(key);
    session_.actions().updateEnabled();
    detail_->setEvent(*model_, key);
    if (key == 0) return;
    if (from != axis_) axis_->selectItem(QString::number(key));
    if (from != table_)
        if (const int at = model_->rowOf(key); at >= 0) table_->setCurrentIndex(model_->index(at, 0));
}

void IncidentCourse::search(int by) {
    const std::vector<int> found = model_->search(find_->text());
    if (find_->text().trimmed().isEmpty()) return hits_->clear();
    if (found.empty()) return hits_->setText(QStringLiteral("nothing found"));
    const int here = model_->rowOf(session_.focus().event());
    std::size_t at = 0;
    if (by > 0) at = std::size_t(std::upper_bound(found.begin(), found.end(), here) - found.begin());
    if (by < 0) at = std::size_t(std::lower_bound(found.begin(), found.end(), here) - found.begin()) - 1;
    if (at >= found.size()) at = by < 0 ? found.size() - 1 : 0;  // around the end
    if (by == 0) {
        const auto current = std::lower_bound(found.begin(), found.end(), std::max(0, here));
        at = current == found.end() ? 0 : std::size_t(current - found.begin());
    }
    hits_->setText(QStringLiteral("%1 of %2").arg(at + 1).arg(found.size()));
    choose(model_->keyAt(found[at]), this);
}

void IncidentCourse::milestoneMoved(const QString& id, double ms) {
    const auto kind = milestoneOf(id);
    const auto from = kind ? milestoneAt(incident_, *kind) : std::nullopt;
    if (!from) return;
    const auto to = wallTime(qint64(ms));
    retime_->showMove(*kind, *from, to,
                      previewRetime(journal_, incident_, *kind, to, session_.link().clock().now()));
    retime_->show();
}

void IncidentCourse::milestoneDropped(const QString& id, double ms) {
    const QString why = session_.actions().find(QStringLiteral("incident.retime"))->blocked();
    if (!why.isEmpty()) {
        hits_->setText(QStringLiteral("It stays: %1").arg(why));
        retime_->hide();
        return axis_->endMove();
    }
    session_.focus().setRetime(id, ms);
    session_.actions().trigger(QStringLiteral("incident.retime"));
}

}  // namespace qd::app
