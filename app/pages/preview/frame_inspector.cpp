#include "app/pages/preview/frame_inspector.hpp"

#include <QFormLayout>
#include <QLabel>
#include <QToolButton>

#include "app/adapters/player_adapter.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

FrameInspector::FrameInspector(QWidget* parent)
    : Card(QStringLiteral("Frame on the screen"), parent),
      lines_(new QFormLayout),
      none_(makeMutedLabel(QStringLiteral("No frame is on the screen."), Type::Small, this)) {
    auto* close = makeIconButton(Icon::Close, QStringLiteral("Back to quality of experience"), this);
    connect(close, &QToolButton::clicked, this, &FrameInspector::closeWanted);
    header()->addControl(close);
    lines_->setHorizontalSpacing(space::lg);
    lines_->setVerticalSpacing(space::sm);
    body()->addWidget(none_);
    body()->addLayout(lines_);
    auto* hint =
        makeMutedLabel(QStringLiteral("Comma and full stop step frame by frame."), Type::Small, this);
    hint->setWordWrap(true);
    body()->addWidget(hint);
    body()->addStretch();
}

void FrameInspector::showPlayer(const PlayerAdapter& player) {
    const auto info = player.frameInfo();
    none_->setVisible(!info);
    const auto lines =
        info ? frameLines(*info, player.snapshot().session.presentation) : QVector<QPair<QString, QString>>{};
    while (names_.size() < lines.size()) {
        names_.append(makeMutedLabel({}, Type::Small, this));
        values_.append(makeLabel({}, Type::Small, Weight::Medium, false, this));
        values_.last()->setTextInteractionFlags(Qt::TextSelectableByMouse);
        lines_->addRow(names_.last(), values_.last());
    }
    for (qsizetype i = 0; i < names_.size(); ++i) {
        names_[i]->setVisible(i < lines.size());
        values_[i]->setVisible(i < lines.size());
        if (i >= lines.size()) continue;
        names_[i]->setText(lines[i].first);
        values_[i]->setText(lines[i].second);
        values_[i]->setAccessibleName(QStringLiteral("%1: %2").arg(lines[i].first, lines[i].second));
    }
}

QString FrameInspector::value(const QString& name) const {
    for (qsizetype i = 0; i < names_.size(); ++i)
        if (names_[i]->text() == name) return values_[i]->text();
    return {};
}

}  // namespace qd::app
