#pragma once
// What is always in sight: which environment this is (in text, shape and colour), whether what is shown is
// live, and what needs me now.

#include <QFrame>
#include <QString>

class QLabel;
class QPushButton;
class QToolButton;

namespace qd::widgets {
class AgeLabel;
class StatusBadge;
}  // namespace qd::widgets

namespace qd::app {

enum class Environment { Local, Remote };

/// A pennant for the local site, a warning-striped plate for anything else.
class EnvironmentBanner : public QWidget {
    Q_OBJECT

public:
    explicit EnvironmentBanner(QWidget* parent = nullptr);
    void setEnvironment(Environment environment, const QString& name);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Environment environment_ = Environment::Local;
    QString text_;
};

enum class LinkDisplay { Starting, Connecting, Live, Lost, Stopped };

class TopBar : public QFrame {
    Q_OBJECT

public:
    explicit TopBar(QWidget* parent = nullptr);

    void setEnvironment(Environment environment, const QString& name);
    void setLink(LinkDisplay state, const QString& detail, qint64 lastContactMs);
    /// What needs a person now, in a phrase ("2 incidents, 1 alert"); count 0: nothing.
    /// `known`: the site answers.
    void setNeeds(int count, const QString& phrase, bool known);
    QPushButton* paletteButton() const { return palette_; }
    QPushButton* needsButton() const { return needs_; }
    QToolButton* themeButton() const { return theme_; }
    QToolButton* helpButton() const { return help_; }
    QToolButton* settingsButton() const { return settings_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    EnvironmentBanner* banner_;
    widgets::StatusBadge* link_;
    widgets::AgeLabel* contact_;
    QPushButton* needs_;
    QPushButton* palette_;
    QToolButton* theme_;
    QToolButton* help_;
    QToolButton* settings_;
};

}  // namespace qd::app
