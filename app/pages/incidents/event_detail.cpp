#include "app/pages/incidents/event_detail.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QRegularExpression>
#include <QVBoxLayout>

#include "app/models/event_words.hpp"
#include "app/models/values.hpp"
#include "app/shell/action_button.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;
using incidents::Event;
using incidents::EventKind;

namespace {

constexpr int kEvidenceHeight = 150, kEvidenceWidth = 220;

QString metaOf(const Event& event) {
    QString text = QStringLiteral("Happened %1").arg(formatClock(msOf(event.occurred_at)));
    if (event.recorded_at != event.occurred_at) {
        text += QStringLiteral(", recorded %1").arg(formatClock(msOf(event.recorded_at)));
        if (const auto late = event.recorded_at - event.occurred_at; late >= std::chrono::seconds(2))
            text += QStringLiteral(" (%1 later)").arg(span(late));
    }
    text += QStringLiteral(" · by %1 through %2 · event %3")
                .arg(str(event.actor), str(event.source))
                .arg(event.seq);
    if (event.based_on) text += QStringLiteral(" · written with version %1 on screen").arg(*event.based_on);
    return text;
}

/// What the one-line title leaves out.
QString bodyOf(const Event& event) {
    QStringList lines;
    const auto& body = event.body;
    if (!body.text.empty() && str(body.text).simplified() != lineOf(event)) lines << str(body.text);
    if (!body.url.empty()) lines << str(body.url);
    if (!body.query.empty()) lines << str(body.query);
    if (body.started_at) lines << QStringLiteral("First impact %1").arg(formatClock(msOf(body.started_at)));
    if (body.detected_at) lines << QStringLiteral("Detected %1").arg(formatClock(msOf(body.detected_at)));
    return lines.join(QLatin1Char('\n'));
}

QLabel* wrapped(QLabel* label) {
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

}  // namespace

EventDetail::EventDetail(ActionRegistry& actions, QWidget* parent) : QScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(QStringLiteral("The chosen event"));
    auto* side = new QWidget;
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(space::md, 0, space::sm, 0);
    column->setSpacing(space::sm);
    title_ = wrapped(makeLabel({}, Type::Body, Weight::Semibold, false, side));
    meta_ = wrapped(makeMutedLabel({}, Type::Small, side));
    text_ = wrapped(makeLabel({}, Type::Body, Weight::Regular, false, side));
    history_ = wrapped(makeMutedLabel({}, Type::Small, side));
    chart_ = new TimeSeriesChart(side);
    chart_->setMinimumSize(kEvidenceWidth, kEvidenceHeight);
    chart_->setLegendVisible(false);
    chart_->setUnit(Unit::Ratio);
    file_ = new QWidget(side);
    auto* row = new QHBoxLayout(file_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::sm);
    fileText_ = wrapped(makeLabel({}, Type::Small, Weight::Regular, false, file_));
    view_ = makeButton(QStringLiteral("View"), ButtonKind::Plain, file_);
    save_ = makeButton(QStringLiteral("Save…"), ButtonKind::Plain, file_);
    row->addWidget(fileText_, 1);
    row->addWidget(view_);
    row->addWidget(save_);
    connect(view_, &QPushButton::clicked, this, [this] { emit viewWanted(shown_); });
    connect(save_, &QPushButton::clicked, this, [this] { emit saveWanted(shown_); });
    actions_ = new QWidget(side);
    auto* bar = new QHBoxLayout(actions_);
    bar->setContentsMargins(0, 0, 0, 0);
    bar->setSpacing(space::xs);
    const auto add = [&](const char* id, const char* text) {
        auto* button = new ActionButton(actions, QString::fromLatin1(id), ButtonKind::Plain, actions_,
                                        QString::fromLatin1(text));
        bar->addWidget(button);
        return button;
    };
    pin_ = add("incident.pin", "Pin");
    add("incident.edit", "Correct");
    add("incident.retract", "Take back");
    bar->addStretch();
    for (QWidget* part :
         std::initializer_list<QWidget*>{title_, meta_, chart_, text_, file_, history_, actions_})
        column->addWidget(part);
    column->addStretch();
    setWidget(side);
    side->setAutoFillBackground(false);  // setWidget() has switched it on
}

void EventDetail::setEvent(const JournalModel& model, std::uint64_t seq) {
    const int at = model.journal().rowOf(seq);
    for (QWidget* part : std::initializer_list<QWidget*>{meta_, text_, chart_, file_, history_, actions_})
        part->setVisible(at >= 0);
    if (at < 0) {
        shown_ = {};
        title_->setText(
            QStringLiteral("Choose an event on the axis or in the journal: what is known of it "
                           "appears here."));
        return;
    }
    const auto row = std::size_t(at);
    const Event& event = model.journal().current(row);
    shown_ = event;
    const QString line = model.line(seq), kind = kindWord(event.kind);
    const bool said = line.contains(kind + QLatin1String(": "));
    title_->setText(said ? line : QStringLiteral("%1: %2").arg(kind, line));
    pin_->setText(model.isPinned(model.journal().key(row)) ? QStringLiteral("Unpin") : QStringLiteral("Pin"));
    meta_->setText(metaOf(event));
    const QString body = bodyOf(event);
    text_->setText(body);
    text_->setVisible(!body.isEmpty());
    const QString more = model.history(seq);
    history_->setText(more);
    history_->setVisible(!more.isEmpty());
    showEvidence(event);
    showAttachment(event);
}

void EventDetail::setMeasured(const TimelineItem& item) {
    for (QWidget* part : std::initializer_list<QWidget*>{text_, chart_, file_, history_, actions_})
        part->hide();
    shown_ = {};
    title_->setText(QStringLiteral("%1: %2").arg(laneName(item.lane), item.text));
    QString when = formatClock(qint64(item.fromMs));
    if (!qIsNaN(item.toMs)) when += QStringLiteral(" to %1").arg(formatClock(qint64(item.toMs)));
    meta_->setText(QStringLiteral("%1 · %2 · measured, not in the journal").arg(when, item.detail));
    meta_->show();
}

void EventDetail::showEvidence(const Event& event) {
    const auto& samples = event.body.samples;
    chart_->setVisible(event.kind == EventKind::evidence && !samples.empty());
    if (!chart_->isVisibleTo(this)) return;
    Series series;
    series.name = str(event.body.subject);
    series.points.reserve(qsizetype(samples.size()));
    double widest = 1'000;
    for (const incidents::Sample& sample : samples)
        series.points.append({double(msOf(sample.at)), sample.value});
    if (samples.size() > 1) {
        // Its own step: the least distance of neighbours.
        double step = 1e18;
        for (qsizetype i = 1; i < series.points.size(); ++i)
            step = std::min(step, series.points[i].x() - series.points[i - 1].x());
        widest = step * 3;
    }
    static const QRegularExpression objective(QStringLiteral("objective ([0-9.]+)"));
    const auto found = objective.match(str(event.body.query));
    QVector<Threshold> thresholds;
    if (found.hasMatch())
        thresholds.append({found.captured(1).toDouble(), QStringLiteral("Objective"), Token::Warn});
    chart_->setUnit(event.body.unit == "ratio" ? Unit::Ratio : Unit::Count);
    chart_->setThresholds(thresholds);
    chart_->setGapAfter(widest);
    chart_->setYFitted(std::nullopt, std::nullopt, 0, true);
    chart_->setSource(QStringLiteral("Frozen in the journal: %1").arg(str(event.body.query)));
    chart_->setSeries({series});
    const double from = series.points.first().x(), to = series.points.last().x();
    chart_->setFixedRange(from - 500, std::max(to, from + 1'000) + 500);
}

void EventDetail::showAttachment(const Event& event) {
    const bool attached = event.kind == EventKind::attachment;
    file_->setVisible(attached);
    if (!attached) return;
    fileText_->setText(QStringLiteral("%1 · %2 · %3")
                           .arg(str(event.body.title), str(event.body.unit),
                                formatBytes(double(event.body.bytes.value_or(0)))));
    const bool image = event.body.unit.starts_with("image/");
    setDisabledReason(view_, image ? QString() : QStringLiteral("Only images are shown here: save it"));
}

}  // namespace qd::app
