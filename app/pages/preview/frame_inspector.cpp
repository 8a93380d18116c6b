#include "app/pages/preview/frame_inspector.hpp"

#include <QGridLayout>
#include <QLabel>
#include <QToolButton>

#include "app/pages/preview/preview_values.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

FrameInspector::FrameInspector(QWidget* parent)
    : Card(QStringLiteral("Frame on the screen"), parent),
      grid_(new QGridLayout),
      none_(makeMutedLabel(QStringLiteral("No frame is on the screen."), Type::Small, this)) {
    auto* close = makeIconButton(Icon::Close, QStringLiteral("Close the inspector (Shift+I)"), this);
    connect(close, &QToolButton::clicked, this, &FrameInspector::closeWanted);
    header()->addControl(close);
    grid_->setHorizontalSpacing(space::lg);
    grid_->setVerticalSpacing(space::sm);
    body()->addWidget(none_);
    body()->addLayout(grid_);
    auto* hint =
        makeMutedLabel(QStringLiteral("Comma and full stop step frame by frame."), Type::Small, this);
    hint->setWordWrap(true);
    body()->addWidget(hint);
    body()->addStretch();
}

void FrameInspector::showFrames(const QVector<InspectedFrame>& frames) {
    QVector<QVector<QPair<QString, QString>>> known;
    QStringList sides;
    bool some = false;
    for (const InspectedFrame& frame : frames) {
        some |= frame.info.has_value();
        sides << frame.name;
        known << frameLines(frame.info.value_or(decode::FrameInfo{}), frame.presentation);
    }
    none_->setVisible(!some);
    qsizetype at = 0;
    if (some && frames.size() > 1) showLine(at++, {}, sides, {});
    for (qsizetype i = 0; some && i < known.first().size(); ++i) {
        QStringList values;
        for (qsizetype side = 0; side < known.size(); ++side)
            values << (frames[side].info ? known[side][i].second : kUnknown);
        showLine(at++, known.first()[i].first, values, sides);
    }
    for (; at < lines_.size(); ++at) {
        lines_[at].name->setVisible(false);
        for (QLabel* value : lines_[at].values) value->setVisible(false);
    }
}

void FrameInspector::showLine(qsizetype at, const QString& name, const QStringList& values,
                              const QStringList& sides) {
    if (at == lines_.size()) {
        lines_.append(Line{makeMutedLabel({}, Type::Small, this), {}});
        grid_->addWidget(lines_.last().name, int(at), 0, Qt::AlignTop);
    }
    Line& line = lines_[at];
    while (line.values.size() < values.size()) {
        auto* value = makeLabel({}, Type::Small, Weight::Medium, false, this);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setWordWrap(true);
        line.values.append(value);
        grid_->addWidget(value, int(at), int(line.values.size()));
        grid_->setColumnStretch(int(line.values.size()), 1);
    }
    line.name->setVisible(true);
    line.name->setText(name);
    for (qsizetype i = 0; i < line.values.size(); ++i) {
        line.values[i]->setVisible(i < values.size());
        if (i >= values.size()) continue;
        const QString side =
            i < sides.size() && !sides[i].isEmpty() ? sides[i] + QStringLiteral(", ") : QString();
        line.values[i]->setText(values[i]);
        line.values[i]->setAccessibleName(QStringLiteral("%1%2: %3").arg(side, name, values[i]));
    }
}

QString FrameInspector::value(const QString& name, int frame) const {
    for (const Line& line : lines_)
        if (line.name->text() == name && frame < line.values.size()) return line.values[frame]->text();
    return {};
}

}  // namespace qd::app
