#include "app/shell/link_opener.hpp"

#include "app/shell/main_window.hpp"

namespace qd::app {
namespace {

constexpr int kLinkLookMs = 100;
constexpr int kLooksWithData = 50;  // 5 s: one thing may be asked for after the list that lacks it

}  // namespace

LinkOpener::LinkOpener(MainWindow& window) : window_(window) {
    timer_.setInterval(kLinkLookMs);
    connect(&timer_, &QTimer::timeout, this, &LinkOpener::look);
}

void LinkOpener::raise() {
    window_.setWindowState(window_.windowState() & ~Qt::WindowMinimized);
    window_.show();
    window_.raise();
    window_.activateWindow();
}

void LinkOpener::open(const DeepLink& link) {
    if (!window_.page(link.page))
        return window_.notify(QStringLiteral("This console has no page for %1.").arg(link.id), {}, true);
    wanted_ = link;
    looksWithData_ = 0;
    window_.showPage(link.page);
    timer_.start();
    look();
}

void LinkOpener::look() {
    Page* page = window_.page(wanted_.page);
    if (!page->hasData()) return;  // the site is not there yet; the page says so
    if (page->open(wanted_.id)) {
        timer_.stop();
        emit opened(wanted_.page, wanted_.id);
        return;
    }
    if (++looksWithData_ < kLooksWithData) return;
    timer_.stop();
    window_.notify(QStringLiteral("%1 could not be opened.").arg(wanted_.id),
                   QStringLiteral("The site has nothing of that name here."), true);
}

}  // namespace qd::app
