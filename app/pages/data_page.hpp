#pragma once
// The common base of pages: header, the age of the data, what stands there while there is none yet, and no
// work while hidden.

#include <QTimer>
#include <QVector>

#include "app/adapters/domain.hpp"
#include "app/shell/page.hpp"

class QLabel;
class QStackedWidget;
class QVBoxLayout;

namespace qd::widgets {
class AgeLabel;
class InlineNotice;
class SectionHeader;
}  // namespace qd::widgets

namespace qd::app {

class Session;
class WaitingPanel;

class DataPage : public Page {
    Q_OBJECT

public:
    /// `scrolling`: the content may be taller than the window.
    DataPage(Session& session, const QString& title, const QString& sub, bool scrolling,
             QWidget* parent = nullptr);

    void activate() final;
    void deactivate() final;
    void refresh() final;
    bool hasData() const override;

protected:
    Session& session() const { return session_; }
    bool isActive() const { return active_; }
    widgets::SectionHeader* header() const { return header_; }
    QVBoxLayout* body() const { return body_; }
    QWidget* content() const { return content_; }
    /// For a page that scrolls a part of itself: the content reaches so far into the right margin, where the
    /// bar then stands. The header ends where it did.
    void reachIntoMargin();
    static constexpr int kGutter = 12;

    /// The page's data: wanted while it is shown; showData() runs when it changes. The first one decides
    /// whether there is anything to show, and gives the header its age.
    void follow(Domain& domain);
    /// Makes `label` tell the age of this domain's data, stale as soon as the connection is gone.
    void tellAge(widgets::AgeLabel* label, Domain& domain);
    /// Shows the values as they are now. Only called while the page is shown.
    virtual void showData() = 0;
    virtual void shown() {}
    virtual void hidden() {}
    /// Runs showData() once, soon.
    void showSoon();

private:
    void showFreshness();

    Session& session_;
    widgets::SectionHeader* header_;
    widgets::InlineNotice* problem_;
    QVBoxLayout* top_;
    QStackedWidget* stack_;
    WaitingPanel* waiting_;
    QWidget* content_;
    QVBoxLayout* body_;
    QVector<Domain*> followed_;
    QVector<QPair<widgets::AgeLabel*, Domain*>> ages_;
    QTimer soon_;
    bool active_ = false;
};

}  // namespace qd::app
