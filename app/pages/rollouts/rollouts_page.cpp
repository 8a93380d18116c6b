#include "app/pages/rollouts/rollouts_page.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>

#include "app/models/values.hpp"
#include "app/pages/rollouts/rollout_views.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/charts/chart_group.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/split_bar.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/tiles/step_track.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr double kChartMs = 300'000;
}

RolloutsPage::RolloutsPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Rollouts"), {}, true, parent) {
    follow(session.rollouts());
    follow(session.armSeries());
    header()->addControl(
        new ActionButton(session.actions(), QStringLiteral("rollout.start"), ButtonKind::Primary, this));

    stack_ = new QStackedWidget(content());
    auto* none = new EmptyState(
        Icon::Rollouts, QStringLiteral("No rollout yet"),
        QStringLiteral("A rollout brings a new version in beside the stable one, gives it traffic by "
                       "steps, and compares the two all the while."),
        stack_);
    none->setAction(QStringLiteral("Start a rollout"));
    connect(none, &EmptyState::actionTriggered, this,
            [this] { this->session().actions().trigger(QStringLiteral("rollout.start")); });
    auto* some = new QWidget(stack_);
    auto* column = new QVBoxLayout(some);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::lg);
    column->addWidget(makeCurrent());
    auto* row = new QHBoxLayout;
    row->setSpacing(space::lg);
    row->addWidget(makeComparison(), 3);
    row->addWidget(makeVerdict(), 2);
    column->addLayout(row);
    column->addWidget(makeHistory());
    column->addStretch();
    stack_->addWidget(none);
    stack_->addWidget(some);
    body()->addWidget(stack_);
}

QWidget* RolloutsPage::makeActions() {
    auto* bar = new QWidget(card_);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::sm);
    const auto add = [&](const char* id, ButtonKind kind) {
        auto* button = new ActionButton(session().actions(), QString::fromLatin1(id), kind, bar);
        row->addWidget(button);
        return button;
    };
    // Kept apart by purpose: going on, holding, and ending. "Next step" and "Promote fully" never stand side
    // by side.
    add("rollout.next", ButtonKind::Primary);
    add("rollout.resume", ButtonKind::Plain);
    add("rollout.pause", ButtonKind::Plain);
    add("rollout.back", ButtonKind::Plain);
    row->addStretch();
    add("rollout.promote", ButtonKind::Plain);
    row->addSpacing(space::xl);
    undo_ = add("rollout.undo", ButtonKind::Plain);
    add("rollout.ramp_down", ButtonKind::Plain);
    add("rollout.abort", ButtonKind::Danger);
    return bar;
}

QWidget* RolloutsPage::makeCurrent() {
    card_ = new Card(content());
    auto* head = new QHBoxLayout;
    head->setSpacing(space::md);
    title_ = makeLabel({}, Type::Title, Weight::Semibold, false, card_);
    badge_ = new StatusBadge(card_);
    auto* age = new AgeLabel(card_);
    age->setAlignment(Qt::AlignRight);
    tellAge(age, session().rollouts());
    head->addWidget(title_);
    head->addWidget(badge_);
    head->addStretch();
    head->addWidget(age);
    message_ = makeLabel({}, Type::Body, Weight::Regular, false, card_);
    message_->setWordWrap(true);
    steps_ = new StepTrack(card_);
    split_ = new SplitBar(card_);
    splitFacts_ = makeMutedLabel({}, Type::Small, card_);
    splitFacts_->setWordWrap(true);
    card_->body()->addLayout(head);
    card_->body()->addWidget(message_);
    card_->body()->addWidget(steps_);
    card_->body()->addWidget(split_);
    card_->body()->addWidget(splitFacts_);
    card_->body()->addWidget(makeActions());
    return card_;
}

QWidget* RolloutsPage::makeComparison() {
    auto* card = new Card(content());
    auto* head = new SectionHeader(QStringLiteral("Stable against canary"), {}, card);
    tellAge(head->age(), session().armSeries());
    card->body()->addWidget(head);
    arms_ = new ArmModel(this);
    armTable_ = new TableView(card);
    armTable_->setModel(arms_);
    for (const int column : {ArmModel::Stable, ArmModel::Canary})
        armTable_->setItemDelegateForColumn(column, new NumberDelegate(armTable_));
    armTable_->setItemDelegateForColumn(ArmModel::Difference, new StatusDelegate(armTable_));
    armTable_->setColumnLayout({0, 120, 120, 180});
    armTable_->setFitRows(8);
    armTable_->setAccessibleName(QStringLiteral("Stable against canary"));
    card->body()->addWidget(armTable_);
    auto* charts = new QHBoxLayout;
    charts->setSpacing(space::lg);
    errors_ = new TimeSeriesChart(QStringLiteral("Error ratio"), card);
    errors_->setUnit(Unit::Percent);
    latency_ = new TimeSeriesChart(QStringLiteral("Response p95"), card);
    latency_->setUnit(Unit::Seconds);
    group_ = new ChartGroup(this);
    for (TimeSeriesChart* chart : {errors_, latency_}) {
        chart->setSeries({{"stable", "stable", Token::Stable, {}, false, false, false},
                          {"canary", "canary", Token::Canary, {}, true, false, false}});
        chart->setMinimumHeight(180);
        chart->setEmptyText(QStringLiteral("No requests in this range"));
        chart->setGapAfter(10'000);
        group_->add(chart);
        charts->addWidget(chart);
    }
    group_->setLive(kChartMs);
    card->body()->addLayout(charts);
    return card;
}

QWidget* RolloutsPage::makeVerdict() {
    auto* card = new Card(content());
    auto* head = new SectionHeader(QStringLiteral("Verdict"), {}, card);
    tellAge(head->age(), session().rollouts());
    card->body()->addWidget(head);
    verdictBadge_ = new StatusBadge(card);
    verdict_ = makeLabel({}, Type::Body, Weight::Regular, false, card);
    verdict_->setWordWrap(true);
    verdict_->setTextFormat(Qt::RichText);
    wouldChange_ = makeMutedLabel({}, Type::Small, card);
    wouldChange_->setWordWrap(true);
    card->body()->addWidget(verdictBadge_, 0, Qt::AlignLeft);
    card->body()->addWidget(verdict_);
    card->body()->addWidget(wouldChange_);
    card->body()->addStretch();
    return card;
}

QWidget* RolloutsPage::makeHistory() {
    auto* box = new QWidget(content());
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::lg);
    auto* auditCard = new Card(QStringLiteral("What was done, and why"), box);
    audit_ = new AuditModel(this);
    auditTable_ = new TableView(auditCard);
    auditTable_->setModel(audit_);
    auditTable_->setColumnLayout({90, 110, 0, 90});
    auditTable_->setFitRows(10);
    auditTable_->setAccessibleName(QStringLiteral("Audit of the rollout"));
    auditCard->body()->addWidget(auditTable_);
    auditCard->body()->addStretch();
    auto* listCard = new Card(QStringLiteral("All rollouts"), box);
    rollouts_ = new RolloutModel(this);
    rolloutTable_ = new TableView(listCard);
    rolloutTable_->setModel(rollouts_);
    rolloutTable_->setItemDelegateForColumn(RolloutModel::State, new StatusDelegate(rolloutTable_));
    rolloutTable_->setColumnLayout({0, 140, 70, 80, 90});
    rolloutTable_->setFitRows(10);
    rolloutTable_->setAccessibleName(QStringLiteral("All rollouts"));
    connect(rolloutTable_, &TableView::rowActivated, this,
            [this](const QModelIndex& index) { open(index.data(KeyRole).toString()); });
    listCard->body()->addWidget(rolloutTable_);
    listCard->body()->addStretch();
    row->addWidget(auditCard, 3);
    row->addWidget(listCard, 2);
    return box;
}

bool RolloutsPage::open(const QString& id) {
    const rollouts::Rollout* rollout = session().rollouts().find(id);
    if (!rollout) return false;
    shown_ = rollout == session().rollouts().current() ? QString() : id;
    showSoon();
    return true;
}

const rollouts::Rollout* RolloutsPage::shownRollout() const {
    const rollouts::Rollout* chosen = shown_.isEmpty() ? nullptr : session().rollouts().find(shown_);
    return chosen ? chosen : session().rollouts().current();
}

void RolloutsPage::showData() {
    const rollouts::Rollout* rollout = shownRollout();
    stack_->setCurrentIndex(rollout ? 1 : 0);
    session().actions().updateEnabled();
    if (!rollout) return;
    showCurrent(*rollout);
    showVerdict(*rollout);
    showCharts();
    rollouts_->update(session().rollouts().rollouts());
    audit_->update({rollout->audit.rbegin(), rollout->audit.rend()});
}

void RolloutsPage::showCurrent(const rollouts::Rollout& rollout) {
    undo_->setVisible(!rollout.refusals.contains("undo"));
    const Wording word = wordOf(rollout);
    title_->setText(rolloutTitle(rollout));
    badge_->setStatus(word.state, word.text);
    card_->setState(word.state == State::Bad || word.state == State::Warn ? word.state : State::Neutral);
    QString message = str(rollout.message);
    if (rollout.canary.held && !message.contains(str(rollout.canary.hold_reason)))
        message += QStringLiteral("\nHeld: %1").arg(str(rollout.canary.hold_reason));
    message = message.trimmed();
    if (message.size() > 1 && message[1].isLetter()) message[0] = message[0].toUpper();  // not "v2"
    message_->setText(message);
    message_->setVisible(!message_->text().isEmpty());
    steps_->setSteps(trackOf(rollout));
    split_->setSplit(splitOf(rollout));
    QStringList facts;
    facts << (rollout.split_confirmed ? QStringLiteral("The gateway has confirmed this split")
                                      : QStringLiteral("The gateway has not confirmed this split yet"));
    if (rollout.time_to_zero)
        facts << QStringLiteral("canary at zero %1 after the abort")
                     .arg(rollout.time_to_zero->count() < 1
                              ? QStringLiteral("less than 1 ms")
                              : formatSeconds(double(rollout.time_to_zero->count()) / 1000));
    facts << QStringLiteral("started by %1 at %2")
                 .arg(str(rollout.actor), formatClock(msOf(rollout.created_at)));
    splitFacts_->setText(facts.join(QStringLiteral("  ·  ")));
    arms_->update(armLinesOf(rollout, {session().armSeries().find(opsclient::series::latency_p95),
                                       session().armSeries().find(opsclient::series::startup_p95),
                                       session().armSeries().find(opsclient::series::stall_ratio)}));
}

void RolloutsPage::showVerdict(const rollouts::Rollout& rollout) {
    if (!rollout.verdict) {
        verdictBadge_->setStatus(State::NoData, QStringLiteral("Not judged"));
        verdict_->setText(QStringLiteral("The canary is judged once both arms have served requests."));
        wouldChange_->setVisible(false);
        return;
    }
    const rollouts::Verdict& verdict = *rollout.verdict;
    const Wording word = wordOf(verdict.outcome);
    verdictBadge_->setStatus(word.state, word.text);
    QString text;
    QStringList changes;
    for (const rollouts::MetricVerdict& metric : verdict.metrics) {
        // The explanation begins with the metric's name.
        QString sentence = str(metric.explanation);
        if (!sentence.isEmpty()) sentence[0] = sentence[0].toUpper();
        text += QStringLiteral("<p><b>%1.</b> %2</p>")
                    .arg(wordOf(metric.outcome).text.toHtmlEscaped(), sentence.toHtmlEscaped());
        if (!metric.would_change.empty() && !changes.contains(str(metric.would_change)))
            changes << str(metric.would_change);
    }
    text += QStringLiteral("<p>Confidence %1, over the last %2.</p>")
                .arg(formatPercent(verdict.confidence, 0), spanOf(verdict.window_s));
    verdict_->setText(text);
    wouldChange_->setText(changes.isEmpty() ? QString()
                                            : QStringLiteral("What would change it: ") +
                                                  changes.join(QStringLiteral("; ")));
    wouldChange_->setVisible(!changes.isEmpty());
}

void RolloutsPage::showCharts() {
    const auto fill = [this](TimeSeriesChart* chart, std::string_view name, double scale) {
        const opsclient::Series* series = session().armSeries().find(name);
        for (const char* arm : {"stable", "canary"}) {
            QVector<QPointF> points;
            if (series)
                for (const auto& line : series->lines)
                    if (line.label == arm)
                        for (const auto& point : line.points)
                            points.append({double(msOf(point.at)), point.value * scale});
            chart->setPoints(QString::fromLatin1(arm), points);
        }
    };
    fill(errors_, opsclient::series::error_ratio, 1);
    fill(latency_, opsclient::series::latency_p95, 0.001);
    errors_->setYFitted(0.0, std::nullopt, 0.02);
    latency_->setYFitted(0.0, std::nullopt, 0.02);
    group_->align();
}

}  // namespace qd::app
