#include "app/pages/overview/panels.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "app/models/values.hpp"
#include "app/pages/rollouts/rollout_views.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/split_bar.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/tiles/step_track.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr std::size_t kMaxShown = 6;

QLabel* panelLabel(const QString& text, Type type, Weight weight, QWidget* parent) {
    auto* made = makeLabel(text, type, weight, false, parent);
    made->setWordWrap(true);
    return made;
}

QLabel* sinceLabel(qint64 ms, QWidget* parent) {
    return makeMutedLabel(QStringLiteral("since %1").arg(formatClock(ms)), Type::Small, parent);
}

}  // namespace

NeedsPanel::NeedsPanel(Session& session, QWidget* parent)
    : Card(parent), session_(session), header_(new SectionHeader(QStringLiteral("Needs you now"), {}, this)) {
    body()->addWidget(header_);
    rows_ = new QVBoxLayout;
    rows_->setSpacing(space::md);
    body()->addLayout(rows_);
}

AgeLabel* NeedsPanel::age() const {
    return header_->age();
}
AgeLabel* RolloutPanel::age() const {
    return header_->age();
}

void NeedsPanel::showNeeds() {
    const auto& needs = session_.needs();
    if (built_ && needs == shown_) return;
    built_ = true;
    shown_ = needs;
    while (QLayoutItem* item = rows_->takeAt(0)) {
        if (QWidget* row = item->widget()) {
            row->hide();  // a button of it may be what is being clicked: it goes with the next turn
            row->deleteLater();
        }
        delete item;
    }
    setState(needs.empty() ? State::Neutral : needs.front().state);
    if (needs.empty()) {
        rows_->addWidget(
            panelLabel(QStringLiteral("Nothing. No open incident, no firing alert, no rollout that waits."),
                       Type::Body, Weight::Regular, this));
        return;
    }
    for (std::size_t i = 0; i < needs.size() && i < kMaxShown; ++i) addNeed(needs[i]);
    if (needs.size() > kMaxShown)
        rows_->addWidget(panelLabel(QStringLiteral("and %1 more").arg(needs.size() - kMaxShown), Type::Small,
                                    Weight::Regular, this));
}

void NeedsPanel::addNeed(const Need& need) {
    auto* row = new QWidget(this);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::sm);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(panelLabel(need.what, Type::Body, Weight::Medium, row));
    if (need.sinceMs > 0) texts->addWidget(sinceLabel(need.sinceMs, row));
    line->addLayout(texts, 1);
    auto* go = makeButton(need.next, need.state == State::Bad ? ButtonKind::Primary : ButtonKind::Plain, row);
    connect(go, &QPushButton::clicked, &session_, [session = &session_, need] {
        session->actions().invoke(need.page + QStringLiteral(".open"), {{QStringLiteral("id"), need.id}});
    });
    line->addWidget(go, 0, Qt::AlignTop);
    rows_->addWidget(row);
}

RolloutPanel::RolloutPanel(Session& session, QWidget* parent)
    : Card(parent), session_(session), header_(new SectionHeader(QStringLiteral("Rollout"), {}, this)) {
    body()->addWidget(header_);
    auto* head = new QHBoxLayout;
    title_ = panelLabel({}, Type::Body, Weight::Medium, this);
    badge_ = new StatusBadge(this);
    head->addWidget(title_, 1);
    head->addWidget(badge_);
    steps_ = new StepTrack(this);
    split_ = new SplitBar(this);
    message_ = panelLabel({}, Type::Small, Weight::Regular, this);
    none_ = panelLabel(
        QStringLiteral(
            "All traffic is on the stable version. Start a rollout to bring a new one in by steps."),
        Type::Body, Weight::Regular, this);
    body()->addLayout(head);
    body()->addWidget(steps_);
    body()->addWidget(split_);
    body()->addWidget(message_);
    body()->addWidget(none_);
    setClickable(true);
    connect(this, &Card::activated, &session_,
            [this] { session_.actions().invoke(QStringLiteral("rollouts.open")); });
}

void RolloutPanel::showRollout() {
    const rollouts::Rollout* rollout = session_.rollouts().current();
    const bool some = rollout != nullptr;
    for (QWidget* widget : std::initializer_list<QWidget*>{title_, badge_, steps_, split_, message_})
        widget->setVisible(some);
    none_->setVisible(!some);
    if (!some) return;
    const Wording word = wordOf(*rollout);
    title_->setText(rolloutTitle(*rollout));
    badge_->setStatus(word.state, word.text);
    steps_->setSteps(trackOf(*rollout));
    split_->setSplit(splitOf(*rollout));
    message_->setText(str(rollout->message));
    message_->setVisible(!rollout->message.empty());
    const bool active = RolloutAdapter::isActive(*rollout);
    steps_->setVisible(active);
    split_->setVisible(active);
}

}  // namespace qd::app
