#pragma once
#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>
#include <array>

#include "widgets/theme/tokens.hpp"

class QApplication;
class QPainter;

namespace qd::widgets {

// The look in force. GUI thread only.
//   Theme::apply(app, Mode::Dark);                       once, before the first window
//   Theme::apply(app, Mode::Light);                      at any time later
//   connect(&Theme::instance(), &Theme::changed, …)      only for what caches pixels or colours
// Widgets that ask for colours while they paint need no connection: a switch repaints every widget.
class Theme : public QObject {
    Q_OBJECT
public:
    static Theme& instance();

    // Installs fonts (the first time), style, palette and default font. The first call costs a few ms, a
    // switch as much as the repaint.
    static void apply(QApplication& app, Mode mode);

    // What the desktop seems to prefer, judged by its palette (Qt 6.4 has no colour scheme to ask for). Call
    // before apply().
    static Mode preferredMode(const QPalette& desktop);

    Mode mode() const { return mode_; }
    QColor color(Token token) const { return colors_[static_cast<std::size_t>(token)]; }
    QPalette palette() const;

signals:
    void changed(qd::widgets::Mode mode);

private:
    Theme();
    void setMode(Mode mode);

    Mode mode_ = Mode::Dark;
    std::array<QColor, static_cast<std::size_t>(Token::Count)> colors_;
};

// Shorthand for Theme::instance().color(token), optionally with an opacity of 0..1.
QColor color(Token token);
QColor color(Token token, double opacity);

// Inter in a size of the scale; DejaVu Sans where it is missing.
QFont textFont(Type type, Weight weight = Weight::Regular);
// For ids, addresses and code.
QFont monoFont(Type type);

}  // namespace qd::widgets
