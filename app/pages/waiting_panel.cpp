#include "app/pages/waiting_panel.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "app/shell/session.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/empty_state.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kLines = 8;
constexpr int kTextWidth = 640;
}  // namespace

WaitingPanel::WaitingPanel(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    state_ = new EmptyState(Icon::Refresh, QStringLiteral("Starting"), {}, this);
    state_->setFixedWidth(kTextWidth);
    lines_ = new QLabel(this);
    lines_->setFont(monoFont(Type::Small));
    lines_->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    lines_->setTextFormat(Qt::PlainText);
    lines_->setAccessibleName(QStringLiteral("What the site does now"));
    auto* layout = new QVBoxLayout(this);
    layout->addStretch(2);
    auto* middle = new QHBoxLayout;
    middle->addStretch();
    middle->addWidget(state_);
    middle->addStretch();
    layout->addLayout(middle);
    layout->addSpacing(space::md);
    layout->addWidget(lines_, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    connect(&session_, &Session::siteChanged, this, &WaitingPanel::refresh);
    connect(&session_.link(), &OpsLink::stateChanged, this, &WaitingPanel::refresh);
    connect(state_, &EmptyState::actionTriggered, &session_, &Session::restartSite);
}

void WaitingPanel::setActive(bool active) {
    active_ = active;
    refresh();
}

void WaitingPanel::refresh() {
    if (!active_) return;
    const LocalSite* site = session_.localSite();
    const bool failed =
        (site && site->state() == LocalSite::State::failed) || !session_.startProblem().isEmpty();
    state_->setAction(failed ? (site ? QStringLiteral("Start the site again") : QStringLiteral("Try again"))
                             : QString());
    if (!session_.startProblem().isEmpty()) {
        state_->setContent(Icon::Error, QStringLiteral("The site cannot be reached"),
                           session_.startProblem());
    } else if (failed) {
        state_->setContent(Icon::Error, QStringLiteral("The local site is not up"),
                           site->reason() + QStringLiteral("\n\n") + site->advice());
    } else if (site && site->state() != LocalSite::State::running) {
        state_->setContent(
            Icon::Refresh, QStringLiteral("The local site is starting"),
            QStringLiteral("Gateway, workers, viewers and the control plane come up one by one. "
                           "The first start also encodes the first titles."));
    } else if (session_.link().state() == OpsLink::State::lost) {
        state_->setContent(Icon::Gap, QStringLiteral("No answer from %1").arg(session_.siteName()),
                           session_.link().reason() + QStringLiteral("\nIt is tried again by itself."));
    } else {
        state_->setContent(Icon::Refresh, QStringLiteral("Reading from the site"), {});
    }
    QStringList lines;
    if (site && !session_.link().isLive()) lines = site->progress();
    while (lines.size() > kLines) lines.removeFirst();
    lines_->setText(lines.join(QLatin1Char('\n')));
    lines_->setVisible(!lines.isEmpty());
}

}  // namespace qd::app
