#include "app/pages/data_page.hpp"

#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "app/pages/waiting_panel.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/ticker.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kStaleAfterMs = 15'000;
}  // namespace

DataPage::DataPage(Session& session, const QString& title, const QString& sub, bool scrolling,
                   QWidget* parent)
    : Page(parent), session_(session) {
    setAccessibleName(title);
    header_ = new SectionHeader(title, sub, this);
    header_->setPageTitle(true);
    problem_ = new InlineNotice(this);
    problem_->setVisible(false);
    waiting_ = new WaitingPanel(session, this);

    content_ = new QWidget;
    body_ = new QVBoxLayout(content_);
    body_->setContentsMargins(0, 0, 0, 0);
    body_->setSpacing(space::lg);
    stack_ = new QStackedWidget(this);
    stack_->addWidget(waiting_);
    if (scrolling) {
        auto* scroll = new QScrollArea(this);
        scroll->setWidgetResizable(true);
        scroll->setFrameShape(QFrame::NoFrame);
        scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        scroll->viewport()->setAutoFillBackground(false);
        content_->setAutoFillBackground(false);
        scroll->setWidget(content_);
        // The bar stands in the page's margin, so that content and header end at the same line.
        connect(scroll->verticalScrollBar(), &QScrollBar::rangeChanged, this,
                [this](int, int most) { body_->setContentsMargins(0, 0, most > 0 ? 0 : kGutter, 0); });
        stack_->addWidget(scroll);
    } else {
        stack_->addWidget(content_);
    }

    auto* layout = new QVBoxLayout(this);
    const int gutter = scrolling ? kGutter : 0;
    layout->setContentsMargins(space::xl, space::lg, space::xl - gutter, space::lg);
    layout->setSpacing(space::md);
    top_ = new QVBoxLayout;
    top_->setContentsMargins(0, 0, gutter, 0);
    top_->setSpacing(space::md);
    top_->addWidget(header_);
    top_->addWidget(problem_);
    layout->addLayout(top_);
    layout->addWidget(stack_, 1);

    // What arrives together is shown together, and at most 10 times a second.
    soon_.setSingleShot(true);
    soon_.setInterval(30);
    connect(&soon_, &QTimer::timeout, this, [this] {
        if (!active_) return;
        showFreshness();
        if (hasData()) showData();
    });
}

void DataPage::reachIntoMargin() {
    layout()->setContentsMargins(space::xl, space::lg, space::xl - kGutter, space::lg);
    top_->setContentsMargins(0, 0, kGutter, 0);
}

void DataPage::follow(Domain& domain) {
    if (followed_.isEmpty()) tellAge(header_->age(), domain);
    followed_.append(&domain);
    connect(&domain, &Domain::changed, this, &DataPage::showSoon);
    connect(&domain, &Domain::freshnessChanged, this, &DataPage::showSoon);
}

void DataPage::tellAge(AgeLabel* label, Domain& domain) {
    ages_.append({label, &domain});
}

bool DataPage::hasData() const {
    return followed_.isEmpty() || followed_.first()->hasData();
}

void DataPage::activate() {
    if (active_) return;
    active_ = true;
    for (Domain* domain : followed_) domain->setWanted(this, true);
    connect(&Ticker::instance(), &Ticker::tick, this, &DataPage::showFreshness);
    waiting_->setActive(true);
    shown();
    showFreshness();
    if (hasData()) showData();
}

void DataPage::deactivate() {
    if (!active_) return;
    active_ = false;
    for (Domain* domain : followed_) domain->setWanted(this, false);
    disconnect(&Ticker::instance(), nullptr, this, nullptr);
    waiting_->setActive(false);
    soon_.stop();
    hidden();
}

void DataPage::refresh() {
    for (Domain* domain : followed_) domain->refresh();
}

void DataPage::showSoon() {
    if (active_ && !soon_.isActive()) soon_.start();
}

void DataPage::showFreshness() {
    stack_->setCurrentIndex(hasData() ? 1 : 0);
    header_->age()->setVisible(hasData());
    for (const auto& [label, domain] : ages_) {
        // Data that events keep current is as old as the stream's last sign of life.
        const bool pushed = !domain->isPolled() && !domain->isStale();
        label->setStaleAfter(domain->isStale() ? 0 : kStaleAfterMs);
        label->setTime(domain->hasData() && pushed
                           ? std::max(domain->asOfMs(), session_.link().lastContactMs())
                           : domain->asOfMs());
    }
    const auto failing = std::find_if(followed_.begin(), followed_.end(), [](const Domain* domain) {
        return domain->isOnline() && !domain->problem().isEmpty();
    });
    const bool failed = failing != followed_.end();
    if (failed)
        problem_->setNotice({State::Warn,
                             QStringLiteral("A part of this page could not be read."),
                             (*failing)->problem(),
                             QStringLiteral("It is asked for again; F5 asks now."),
                             {},
                             false});
    problem_->setVisible(failed);
}

}  // namespace qd::app
