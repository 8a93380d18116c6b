#include "app/shell/top_bar.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>

#include "widgets/theme/buttons.hpp"
#include "widgets/theme/icons.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/key_hint.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kBarHeight = 52;
constexpr int kBannerHeight = 28;
}  // namespace

EnvironmentBanner::EnvironmentBanner(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void EnvironmentBanner::setEnvironment(Environment environment, const QString& name) {
    environment_ = environment;
    text_ = environment == Environment::Local ? QStringLiteral("LOCAL SITE")
                                              : QStringLiteral("CONNECTED  ") + name;
    setAccessibleName(text_);
    setToolTip(environment == Environment::Local
                   ? QStringLiteral("This site runs on this machine and ends with the console: %1").arg(name)
                   : QStringLiteral("This site runs on its own: what you do here is real for %1").arg(name));
    updateGeometry();
    update();
}

QSize EnvironmentBanner::sizeHint() const {
    const QFontMetrics metrics(widgets::textFont(Type::Small, Weight::Semibold));
    return {metrics.horizontalAdvance(text_) + 56, kBannerHeight};
}

void EnvironmentBanner::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool local = environment_ == Environment::Local;
    const QColor ink = color(local ? Token::Info : Token::Warn);
    QPainterPath shape;
    if (local) {  // a swallow-tailed pennant
        shape.moveTo(box.topLeft());
        shape.lineTo(box.topRight());
        shape.lineTo(box.right() - 10, box.center().y());
        shape.lineTo(box.bottomRight());
        shape.lineTo(box.bottomLeft());
        shape.closeSubpath();
    } else {
        shape.addRoundedRect(box, 3, 3);
    }
    painter.fillPath(shape, color(local ? Token::InfoSoft : Token::WarnSoft));
    if (!local) {  // hazard stripes before the text
        painter.save();
        painter.setClipPath(shape);
        painter.setClipRect(QRectF(0, 0, 16, height()), Qt::IntersectClip);
        painter.setPen(QPen(ink, 4));
        for (int x = -height(); x < 24; x += 10) painter.drawLine(x, height(), x + height(), 0);
        painter.restore();
    }
    painter.setPen(QPen(ink, 1));
    painter.drawPath(shape);
    painter.setPen(ink);
    painter.setFont(widgets::textFont(Type::Small, Weight::Semibold));
    painter.drawText(QRectF(local ? 14 : 26, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, text_);
}

TopBar::TopBar(QWidget* parent) : QFrame(parent) {
    setFixedHeight(kBarHeight);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::lg, 0, space::md, 0);
    layout->setSpacing(space::md);

    auto* name = new QLabel(QStringLiteral("Quarterdeck"), this);
    name->setFont(widgets::textFont(Type::Lead, Weight::Semibold));
    banner_ = new EnvironmentBanner(this);
    link_ = new StatusBadge(this);
    contact_ = new AgeLabel(this);
    contact_->setPrefix(QStringLiteral("last heard"));
    contact_->setVisible(false);

    needs_ = makeButton(QString(), Icon::Bell, ButtonKind::Quiet, this);
    needs_->setObjectName(QStringLiteral("needsMeNow"));
    palette_ = makeButton(QStringLiteral("Search and act"), Icon::Search, ButtonKind::Plain, this);
    palette_->setFocusPolicy(Qt::TabFocus);
    auto* hint = new KeyHint(QKeySequence(QStringLiteral("Ctrl+K")), this);
    theme_ = makeIconButton(Icon::Sun, QStringLiteral("Switch between dark and light"), this);
    help_ = makeIconButton(Icon::Keyboard, QStringLiteral("Keyboard shortcuts (F1 or ?)"), this);
    settings_ = makeIconButton(Icon::Settings, QStringLiteral("Settings (Ctrl+,)"), this);
    // Clicked, they leave the focus, and with it the keys, to the page.
    for (QToolButton* button : {theme_, help_, settings_}) button->setFocusPolicy(Qt::TabFocus);

    layout->addWidget(name);
    layout->addSpacing(space::sm);
    layout->addWidget(banner_);
    layout->addWidget(link_);
    layout->addWidget(contact_);
    layout->addStretch();
    layout->addWidget(needs_);
    layout->addSpacing(space::sm);
    layout->addWidget(palette_);
    layout->addWidget(hint);
    layout->addSpacing(space::sm);
    layout->addWidget(theme_);
    layout->addWidget(help_);
    layout->addWidget(settings_);
    setNeeds(0, {}, false);
}

void TopBar::setEnvironment(Environment environment, const QString& name) {
    banner_->setEnvironment(environment, name);
}

void TopBar::setLink(LinkDisplay state, const QString& detail, qint64 lastContactMs) {
    switch (state) {
        case LinkDisplay::Starting:
            link_->setStatus(State::Info, QStringLiteral("Starting"));
            break;
        case LinkDisplay::Connecting:
            link_->setStatus(State::Info, QStringLiteral("Connecting"));
            break;
        case LinkDisplay::Live:
            link_->setStatus(State::Good, QStringLiteral("Live"));
            break;
        case LinkDisplay::Lost:
            link_->setStatus(State::Stale, QStringLiteral("Connection lost"));
            break;
        case LinkDisplay::Stopped:
            link_->setStatus(State::Bad, QStringLiteral("Site is down"));
            break;
    }
    link_->setToolTip(detail);
    const bool silent = state == LinkDisplay::Lost || state == LinkDisplay::Stopped;
    contact_->setTime(lastContactMs);
    contact_->setVisible(silent && lastContactMs > 0);
}

void TopBar::setNeeds(int count, const QString& phrase, bool known) {
    // Without the site nobody knows: no news is no good news.
    needs_->setVisible(known || count > 0);
    needs_->setText(count == 0 ? QStringLiteral("Nothing needs you") : phrase);
    needs_->setIcon(
        widgets::makeIcon(count == 0 ? Icon::Ok : Icon::Bell, count == 0 ? Token::Good : Token::Bad));
    setButtonKind(needs_, count == 0 ? ButtonKind::Quiet : ButtonKind::Danger);
    needs_->setToolTip(count == 0 ? QStringLiteral("No open incident and no firing alert")
                                  : QStringLiteral("Open what needs you now"));
}

void TopBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Surface));
    painter.fillRect(QRect(0, height() - 1, width(), 1), color(Token::Line));
}

}  // namespace qd::app
