#include "widgets/tiles/empty_state.hpp"

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include "widgets/theme/buttons.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

class Picture : public QWidget {
public:
    explicit Picture(QWidget* parent) : QWidget(parent) { setFixedSize(48, 48); }
    Icon which = Icon::Info;

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintPanel(painter, QRectF(rect()), 24, color(Token::NeutralSoft));
        paintIcon(painter, QRectF(rect()).adjusted(12, 12, -12, -12), which, color(Token::TextMuted));
    }
};

}  // namespace

EmptyState::EmptyState(Icon icon, const QString& title, const QString& text, QWidget* parent)
    : QWidget(parent), picture_(new Picture(this)), title_(new QLabel(this)), text_(new QLabel(this)) {
    auto* column = new QVBoxLayout(this);
    column->setSpacing(space::sm);
    column->addStretch(2);
    column->addWidget(picture_, 0, Qt::AlignHCenter);
    column->addSpacing(space::xs);
    title_->setFont(textFont(Type::Lead, Weight::Medium));
    title_->setAlignment(Qt::AlignCenter);
    title_->setWordWrap(true);
    text_->setForegroundRole(QPalette::PlaceholderText);
    text_->setAlignment(Qt::AlignCenter);
    text_->setWordWrap(true);
    column->addWidget(title_);
    column->addWidget(text_);
    column->addStretch(3);
    setContent(icon, title, text);
}

void EmptyState::setContent(Icon icon, const QString& title, const QString& text) {
    static_cast<Picture*>(picture_)->which = icon;
    picture_->update();
    title_->setText(title);
    text_->setText(text);
    text_->setVisible(!text.isEmpty());
    setAccessibleName(title);
    setAccessibleDescription(text);
}

QPushButton* EmptyState::setAction(const QString& text) {
    if (!action_) {
        action_ = makeButton(text, ButtonKind::Primary, this);
        connect(action_, &QPushButton::clicked, this, &EmptyState::actionTriggered);
        auto* column = static_cast<QVBoxLayout*>(layout());
        column->insertSpacing(column->count() - 1, space::sm);
        column->insertWidget(column->count() - 1, action_, 0, Qt::AlignHCenter);
    }
    action_->setText(text);
    action_->setVisible(!text.isEmpty());
    return action_;
}

}  // namespace qd::widgets
