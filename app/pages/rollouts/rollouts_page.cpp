#include "app/pages/rollouts/rollouts_page.hpp"

#include <QApplication>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/pages/rollouts/analysis/runs_card.hpp"
#include "app/pages/rollouts/audit_card.hpp"
#include "app/pages/rollouts/comparison_card.hpp"
#include "app/pages/rollouts/rollout_card.hpp"
#include "app/pages/rollouts/rollout_list.hpp"
#include "app/pages/rollouts/rollout_views.hpp"
#include "app/pages/rollouts/verdict/verdict_card.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

RolloutsPage::RolloutsPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Rollouts"), {}, true, parent) {
    follow(session.rollouts());
    follow(session.armSeries());
    header()->addControl(
        new ActionButton(session.actions(), QStringLiteral("rollout.start"), ButtonKind::Primary, this));
    stack_ = new QStackedWidget(content());
    stack_->addWidget(makeEmpty());
    stack_->addWidget(makeCards());
    body()->addWidget(stack_);
}

QWidget* RolloutsPage::makeEmpty() {
    auto* none = new EmptyState(
        Icon::Rollouts, QStringLiteral("No rollout yet"),
        QStringLiteral("A rollout brings a new version in beside the stable one, gives it traffic by "
                       "steps, and compares the two all the while."),
        stack_);
    none->setAction(QStringLiteral("Start a rollout"));
    connect(none, &EmptyState::actionTriggered, this,
            [this] { session().actions().trigger(QStringLiteral("rollout.start")); });
    return none;
}

QWidget* RolloutsPage::makeCards() {
    auto* some = new QWidget(stack_);
    auto* column = new QVBoxLayout(some);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::lg);
    past_ = new InlineNotice(some);
    connect(past_, &InlineNotice::actionTriggered, this, [this] { choose({}); });
    card_ = new RolloutCard(session(), some);
    tellAge(card_->age(), session().rollouts());
    verdict_ = new VerdictCard(some);
    comparison_ = new ComparisonCard(some);
    tellAge(comparison_->age(), session().armSeries());
    runs_ = new RunsCard(some);
    list_ = new RolloutList(session().preferences(), this, some);
    connect(list_, &RolloutList::chosen, this, [this](const QString& id) {
        listAt_ = list_->mapTo(this, QPoint()).y();
        choose(id);
    });
    audit_ = new AuditCard(some);
    for (QWidget* part :
         std::initializer_list<QWidget*>{past_, card_, verdict_, comparison_, runs_, list_, audit_})
        column->addWidget(part);
    column->addStretch();
    return some;
}

QWidget* RolloutsPage::filterField() {
    return list_->filter();
}

bool RolloutsPage::open(const QString& id) {
    if (!session().rollouts().find(id)) return false;
    choose(id);
    return true;
}

void RolloutsPage::choose(const QString& id) {
    const rollouts::Rollout* current = session().rollouts().current();
    // The newest stays what is shown when another begins.
    chosen_ = current && str(current->id.value) == id ? QString() : id;
    if (isActive()) session().rollouts().choose(chosen_);
    showSoon();
}

void RolloutsPage::shown() {
    session().rollouts().choose(chosen_);
}

void RolloutsPage::hidden() {
    session().rollouts().choose({});
}

const rollouts::Rollout* RolloutsPage::shownRollout() const {
    const rollouts::Rollout* chosen = chosen_.isEmpty() ? nullptr : session().rollouts().find(chosen_);
    return chosen ? chosen : session().rollouts().current();
}

void RolloutsPage::showData() {
    const rollouts::Rollout* rollout = shownRollout();
    stack_->setCurrentIndex(rollout ? 1 : 0);
    session().actions().updateEnabled();
    if (!rollout) return;
    const bool live = RolloutAdapter::isActive(*rollout);
    showPast(*rollout);
    card_->setRollout(*rollout);
    verdict_->setFacts(verdictFacts(*rollout), live);
    comparison_->setRollout(*rollout, session().armSeries(),
                            live || rollout == session().rollouts().current());
    runs_->setRuns(rollout->analyses);
    runs_->setVisible(!rollout->analyses.empty());
    list_->setRollouts(session().rollouts().rollouts());
    list_->select(str(rollout->id.value));
    audit_->setRollout(*rollout);
    // What stands above the list is of another height now; the row under the pointer must not run away.
    if (listAt_) QTimer::singleShot(0, this, &RolloutsPage::keepListInPlace);
}

void RolloutsPage::keepListInPlace() {
    auto* scroll = qobject_cast<QScrollArea*>(content()->parentWidget()->parentWidget());
    if (!scroll || !listAt_) return;
    // Some heights follow from widths, so that the layout takes two turns to settle.
    for (int turn = 0; turn < 2; ++turn) {
        QApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
        QScrollBar* bar = scroll->verticalScrollBar();
        bar->setValue(bar->value() + list_->mapTo(this, QPoint()).y() - *listAt_);
    }
    listAt_.reset();
}

void RolloutsPage::showPast(const rollouts::Rollout& rollout) {
    const rollouts::Rollout* target = session().rollouts().target();
    const bool past = target && target != &rollout;
    card_->setActionsShown(!past);
    past_->setVisible(past);
    if (!past) return;
    const QString name = QStringLiteral("%1 (%2)").arg(str(target->id.value), rolloutTitle(*target));
    past_->setNotice({State::Info,
                      QStringLiteral("%1 has ended.").arg(str(rollout.id.value)),
                      RolloutAdapter::isActive(*target)
                          ? QStringLiteral("%1 is under way, and the keys still act on that.").arg(name)
                          : QStringLiteral("The latest is %1.").arg(name),
                      {},
                      QStringLiteral("Show %1").arg(str(target->id.value)),
                      false});
}

}  // namespace qd::app
