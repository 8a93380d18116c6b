#include "app/pages/preview/qoe_panel.hpp"

#include <QLabel>

#include "app/adapters/player_adapter.hpp"
#include "app/models/values.hpp"
#include "app/pages/preview/metric_button.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

QoePanel::QoePanel(QWidget* parent)
    : Card(QStringLiteral("Quality of experience"), parent),
      state_(new StatusBadge(State::Neutral, QStringLiteral("Idle"), this)),
      decision_(makeMutedLabel({}, Type::Small, this)),
      notice_(makeMutedLabel({}, Type::Small, this)) {
    header()->addControl(state_);
    body()->setSpacing(space::sm);
    auto* lines = new QVBoxLayout;
    lines->setSpacing(0);
    for (const QoeLine& line : qoeLines({})) {
        auto* button = new MetricButton(line.name, this);
        button->setToolTip(line.formula + QStringLiteral("\nPress it for the requests it comes from."));
        connect(button, &QAbstractButton::clicked, this, [this, metric = line.metric](bool pressed) {
            setChosen(pressed ? std::optional(metric) : std::nullopt);
            emit metricChosen(pressed ? std::optional(metric) : std::nullopt);
        });
        buttons_.insert(int(line.metric), button);
        lines->addWidget(button);
    }
    body()->addLayout(lines);
    for (QLabel* label : {decision_, notice_}) {
        label->setWordWrap(true);
        label->setVisible(false);
        label->setContentsMargins(space::sm, 0, space::sm, 0);
        body()->addWidget(label);
    }
    body()->addStretch();
}

void QoePanel::setChosen(std::optional<QoeMetric> metric) {
    for (auto button = buttons_.begin(); button != buttons_.end(); ++button)
        button.value()->setChecked(metric && button.key() == int(*metric));
}

void QoePanel::showPlayer(const PlayerAdapter& player) {
    const decode::PlaybackSnapshot& now = player.snapshot();
    const Wording word = wordOf(now.state);
    state_->setStatus(word.state, word.text);
    for (const QoeLine& line : qoeLines(now))
        if (MetricButton* button = buttons_.value(int(line.metric))) button->setValue(line.value, line.known);
    const bool open = player.isOpen();
    decision_->setVisible(open && !player.decisions().empty());
    if (!player.decisions().empty())
        decision_->setText(QStringLiteral("Level: %1").arg(decisionText(player.decisions().back())));
    notice_->setVisible(open && !player.notices().empty());
    if (!player.notices().empty()) {
        const player::Notice& last = player.notices().back();
        notice_->setText(QStringLiteral("%1: %2").arg(formatClock(msOf(last.at)), str(last.message)));
        QStringList all;
        for (const player::Notice& notice : player.notices())
            all << QStringLiteral("%1 %2").arg(formatClock(msOf(notice.at)), str(notice.message));
        notice_->setToolTip(all.mid(std::max<qsizetype>(0, all.size() - 20)).join(QLatin1Char('\n')));
    }
}

}  // namespace qd::app
