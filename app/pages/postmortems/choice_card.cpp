#include "app/pages/postmortems/choice_card.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>

#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kTextHeight = 150;
}

ChoiceCard::ChoiceCard(const QString& section, QWidget* parent) : Card(parent), section_(section) {
    setState(State::Warn);
    title_ = makeLabel({}, Type::Body, Weight::Semibold, false, this);
    body()->addWidget(title_);
    columns_ = new QHBoxLayout;
    columns_->setSpacing(space::lg);
    body()->addLayout(columns_);
}

void ChoiceCard::show(const QString& title, const QVector<Text>& texts, const QString& readOnly) {
    title_->setText(QStringLiteral("%1: which text is to stand? The others stay in the history.").arg(title));
    setAccessibleName(QStringLiteral("Two texts of %1").arg(title));
    if (texts == texts_ && readOnly == readOnly_) return;
    texts_ = texts;
    readOnly_ = readOnly;
    while (QLayoutItem* item = columns_->takeAt(0)) {
        if (QWidget* old = item->widget()) {
            old->hide();
            old->deleteLater();
        }
        delete item;
    }
    for (const Text& text : texts_) {
        auto* holder = new QWidget(this);
        auto* column = new QVBoxLayout(holder);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(space::xs);
        column->addWidget(makeMutedLabel(text.source, Type::Small, holder));
        auto* shown = new QPlainTextEdit(text.text, holder);
        shown->setReadOnly(true);
        shown->setTabChangesFocus(true);
        shown->setFont(textFont(Type::Small));
        shown->setFixedHeight(kTextHeight);
        shown->setAccessibleName(text.source);
        column->addWidget(shown);
        auto* keep = makeButton(text.mine ? QStringLiteral("Keep mine") : QStringLiteral("Keep this text"),
                                ButtonKind::Plain, holder);
        setDisabledReason(keep, readOnly_);
        connect(keep, &QPushButton::clicked, this, [this, kept = text.text] { emit chosen(section_, kept); });
        column->addWidget(keep, 0, Qt::AlignLeft);
        columns_->addWidget(holder, 1);
    }
}

}  // namespace qd::app
