#include "app/shell/main_window.hpp"

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QHBoxLayout>
#include <QPixmap>
#include <QProcess>
#include <QPushButton>
#include <QScreen>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/pages/page_factory.hpp"
#include "app/shell/chart_saver.hpp"
#include "app/shell/command_palette.hpp"
#include "app/shell/navigation_rail.hpp"
#include "app/shell/palette_items.hpp"
#include "app/shell/preferences.hpp"
#include "app/shell/session.hpp"
#include "app/shell/settings_dialog.hpp"
#include "app/shell/shortcut_sheet.hpp"
#include "app/shell/top_bar.hpp"
#include "widgets/charts/chart_export.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/confirm.hpp"
#include "widgets/tiles/inline_notice.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr QSize kWantedSize(1440, 900);
constexpr QMargins kFrame(8, 32, 8, 8);  // what a window manager adds, more or less

/// What a screen has room for; one that nobody sees (a tour without a display) has room for all.
QSize wantedSize() {
    const QScreen* screen = QGuiApplication::primaryScreen();
    if (!screen || QGuiApplication::platformName() == QLatin1String("offscreen")) return kWantedSize;
    return kWantedSize.boundedTo(screen->availableGeometry().marginsRemoved(kFrame).size());
}

/// A page's keys need the focus inside it, also while there is nothing in it yet.
void giveKeysTo(Page* page) {
    QWidget* first = page->firstFocus();
    (first->isVisibleTo(page) && first->isEnabledTo(page) ? first : page)->setFocus(Qt::OtherFocusReason);
}

}  // namespace

QStringList pageNames() {
    QStringList names;
    for (const PageInfo& info : pageInfos()) names << info.id;
    return names;
}

MainWindow::MainWindow(Session& session, QWidget* parent) : QMainWindow(parent), session_(session) {
    setWindowTitle(QStringLiteral("Quarterdeck"));
    setMinimumSize(1180, 720);
    resize(wantedSize());
    if (const QByteArray geometry = session_.preferences().geometry(); !geometry.isEmpty())
        restoreGeometry(geometry);

    rail_ = new NavigationRail(this);
    bar_ = new TopBar(this);
    bar_->setEnvironment(session_.isLocal() ? Environment::Local : Environment::Remote, session_.siteName());
    link_ = new InlineNotice(this);
    link_->setVisible(false);
    outcome_ = new InlineNotice(this);
    outcome_->setVisible(false);
    stack_ = new QStackedWidget(this);

    auto* central = new QWidget(this);
    auto* outer = new QVBoxLayout(central);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    outer->addWidget(bar_);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(rail_);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    auto* notices = new QVBoxLayout;
    notices->setContentsMargins(space::xl, 0, space::xl, 0);
    notices->setSpacing(space::sm);
    notices->addWidget(link_);
    notices->addWidget(outcome_);
    column->addLayout(notices);
    column->addWidget(stack_, 1);
    row->addLayout(column, 1);
    outer->addLayout(row, 1);
    setCentralWidget(central);
    palette_ = new CommandPalette([this] { return paletteItems(*this); }, this);

    addNavigation();
    addWindowActions();
    for (const Command* command : session_.actions().commands())
        if (isWindowWide(*command)) addAction(session_.actions().action(command->id));
    connect(link_, &InlineNotice::actionTriggered, &session_, &Session::restartSite);
    connect(outcome_, &InlineNotice::dismissed, this, [this] {
        const bool hadFocus = outcome_->isAncestorOf(focusWidget());
        outcome_->hide();
        if (hadFocus) giveKeysTo(pages_.value(current_));
    });
    connect(&session_, &Session::siteChanged, this, &MainWindow::showLink);
    connect(&session_.link(), &OpsLink::stateChanged, this, &MainWindow::showLink);
    connect(&session_, &Session::needsChanged, this, &MainWindow::showNeeds);
    connect(&session_.preferences(), &Preferences::themeChanged, this, &MainWindow::applyTheme);
    connect(&session_.actions(), &ActionRegistry::finished, this,
            [this](const QString& id, const Outcome& outcome) {
                if (outcome || outcome.error().code == core::Errc::cancelled) return;
                const Command* command = session_.actions().find(id);
                notify(QStringLiteral("\"%1\" did not happen.").arg(command ? command->title : id),
                       QString::fromStdString(outcome.error().message), true);
            });
    showLink();
    showNeeds();
}

MainWindow::~MainWindow() {
    // Pages listen to the session; they go first.
    qDeleteAll(pages_);
}

void MainWindow::addNavigation() {
    ActionRegistry& actions = session_.actions();
    int number = 1;
    for (const PageInfo& info : pageInfos()) {
        // Ctrl+1 to Ctrl+9, then Ctrl+0; whatever comes after has none.
        const QKeySequence key =
            number <= 10 ? QKeySequence(QStringLiteral("Ctrl+%1").arg(number % 10)) : QKeySequence();
        ++number;
        rail_->addPage(info.id, info.icon, info.title, key.toString(QKeySequence::NativeText));
        Command open;
        open.id = info.id + QStringLiteral(".open");
        open.title = QStringLiteral("Go to %1").arg(info.title);
        open.group = QStringLiteral("Pages");
        open.shortcut = key;
        open.parameters = {QStringLiteral("id")};
        open.run = [this, id = info.id](const QVariantMap& parameters, Done done) {
            showPage(id);
            const QString thing = parameters.value(QStringLiteral("id")).toString();
            if (!thing.isEmpty() && !page(id)->open(thing))
                return done(core::fail(core::Errc::not_found, "there is no {} here", thing.toStdString()));
            done(QVariantMap{});
        };
        actions.add(std::move(open));
    }
    connect(rail_, &NavigationRail::pageRequested, this, &MainWindow::showPage);
}

void MainWindow::addWindowActions() {
    const auto add = [this](const QString& id, const QString& title, const QList<QKeySequence>& keys,
                            auto run) {
        Command command;
        command.id = id;
        command.title = title;
        command.group = QStringLiteral("Window");
        if (!keys.isEmpty()) command.shortcut = keys.first();
        command.run = [run](const QVariantMap& parameters, Done done) {
            run(parameters);
            done(QVariantMap{});
        };
        QAction* action = session_.actions().add(std::move(command));
        action->setShortcuts(keys);
    };
    add("app.palette", "Search and act", {QKeySequence("Ctrl+K")},
        [this](const QVariantMap& p) { palette_->popUp(p.value("text").toString()); });
    add("app.help", "Keyboard shortcuts", {QKeySequence(Qt::Key_F1), QKeySequence("?")},
        [this](const QVariantMap&) {
            auto* sheet = new ShortcutSheet(session_.actions(), current_, this);
            sheet->setAttribute(Qt::WA_DeleteOnClose);
            sheet->open();
        });
    add("app.settings", "Settings", {QKeySequence("Ctrl+,")}, [this](const QVariantMap&) {
        auto* dialog =
            new SettingsDialog(session_.preferences(), session_.siteName(), session_.isLocal(), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    add("app.refresh", "Refresh this page", {QKeySequence(Qt::Key_F5)}, [this](const QVariantMap&) {
        if (Page* shown = pages_.value(current_)) shown->refresh();
    });
    add("app.find", "Filter this page", {QKeySequence("Ctrl+F")}, [this](const QVariantMap&) {
        Page* shown = pages_.value(current_);
        if (QWidget* field = shown ? shown->filterField() : nullptr) field->setFocus(Qt::ShortcutFocusReason);
    });
    add("app.theme", "Switch between dark and light", {QKeySequence("Ctrl+Shift+T")},
        [this](const QVariantMap& p) {
            Preferences& preferences = session_.preferences();
            const QString wanted = p.value("theme").toString();
            preferences.setTheme(!wanted.isEmpty()               ? wanted
                                 : preferences.theme() == "dark" ? "light"
                                                                 : "dark");
        });
    add("app.fullscreen", "Full screen", {QKeySequence(Qt::Key_F11)},
        [this](const QVariantMap&) { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    add("app.needs", "Go to what needs me now", {QKeySequence("Ctrl+J")}, [this](const QVariantMap&) {
        if (session_.needs().empty()) return showPage("overview");
        const Need need = session_.needs().front();
        session_.actions().invoke(need.page + ".open", {{"id", need.id}});
    });
    Command viewers;
    viewers.id = "site.viewers";
    viewers.title = "Set the number of viewers";
    viewers.group = "Site";
    viewers.parameters = QStringList{"count"};
    viewers.run = [this](const QVariantMap& p, Done done) {
        session_.preferences().setViewers(p.value("count").toInt());
        done(QVariantMap{});
    };
    viewers.ask = [this] { session_.actions().trigger("app.settings"); };
    viewers.blocked = [this] {
        return session_.isLocal() ? QString() : QStringLiteral("Only a local site has simulated viewers");
    };
    session_.actions().add(std::move(viewers));
    Command restart;
    restart.id = "site.restart";
    restart.title = "Start the local site again";
    restart.group = "Site";
    restart.run = [this](const QVariantMap&, Done done) {
        session_.restartSite();
        giveKeysTo(pages_.value(current_));  // the button that had the focus goes away
        done(QVariantMap{});
    };
    restart.blocked = [this]() -> QString {
        const LocalSite* site = session_.localSite();
        if (!site) return QStringLiteral("This site is not ours to start");
        return site->state() == LocalSite::State::failed ? QString() : QStringLiteral("The site is up");
    };
    session_.actions().add(std::move(restart));
    add("app.tour", "Play the demo tour", {}, [this](const QVariantMap&) { playTour(); });
    add("app.quit", "Quit (the local site ends too)", {QKeySequence("Ctrl+Q")},
        [this](const QVariantMap&) { close(); });

    auto* tour = makeButton(QStringLiteral("Play the tour"), Icon::Play, ButtonKind::Quiet, rail_);
    tour->setToolTip(QStringLiteral(
        "A site of its own goes through a bad release, from canary to post-mortem, in about 4 minutes"));
    rail_->addFooter(tour);
    connect(tour, &QPushButton::clicked, this, [this] { session_.actions().trigger("app.tour"); });

    const auto wire = [this](QAbstractButton* button, const char* id) {
        connect(button, &QAbstractButton::clicked, this, [this, id] { session_.actions().trigger(id); });
    };
    wire(bar_->paletteButton(), "app.palette");
    wire(bar_->needsButton(), "app.needs");
    wire(bar_->themeButton(), "app.theme");
    wire(bar_->helpButton(), "app.help");
    wire(bar_->settingsButton(), "app.settings");
}

void MainWindow::playTour() {
    const QString folder = QDir(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
                               .filePath(QStringLiteral("quarterdeck-tour"));
    Confirmation question;
    question.title = QStringLiteral("Play the demo tour?");
    question.statement = QStringLiteral(
        "A second window opens with a fresh site of its own: a bad canary, a burn alert, an incident, "
        "the abort and the post-mortem, all really happening.");
    question.consequences = {QStringLiteral("It takes up to 4 minutes and a good part of the processor."),
                             QStringLiteral("Pictures, post-mortem and transcript go to %1.").arg(folder),
                             QStringLiteral("This window and its site are not touched.")};
    question.action = QStringLiteral("Play the tour");
    question.reasonRequired = false;
    auto* dialog = new ConfirmDialog(question, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConfirmDialog::confirmed, this, [this, folder] {
        if (!QProcess::startDetached(QCoreApplication::applicationFilePath(),
                                     {QStringLiteral("--tour"), folder}))
            notify(QStringLiteral("The tour could not be started."), {}, true);
    });
    dialog->open();
}

Page* MainWindow::page(const QString& name) {
    if (Page* existing = pages_.value(name)) return existing;
    for (const PageInfo& info : pageInfos()) {
        if (info.id != name) continue;
        Page* made = info.make(session_, stack_);
        made->setObjectName(QStringLiteral("page.") + name);
        made->setFocusPolicy(Qt::ClickFocus);  // a click on an empty place brings its keys back
        // The keys of a page's actions work while the focus is anywhere inside it.
        for (const Command* command : session_.actions().commands())
            if (command->page == name && !isWindowWide(*command))
                made->addAction(session_.actions().action(command->id));
        stack_->addWidget(made);
        pages_.insert(name, made);
        return made;
    }
    return nullptr;
}

void MainWindow::showPage(const QString& name) {
    Page* next = page(name);
    if (!next) return;
    if (name == current_) {
        if (!next->isAncestorOf(focusWidget())) giveKeysTo(next);
        return;
    }
    if (Page* before = pages_.value(current_)) before->deactivate();
    current_ = name;
    rail_->setCurrent(name);
    stack_->setCurrentWidget(next);
    if (!isMinimized()) next->activate();
    giveKeysTo(next);
}

bool MainWindow::grabTo(const QString& file) {
    return grab().save(file, "PNG");
}

void MainWindow::notify(const QString& what, const QString& why, bool bad) {
    outcome_->setNotice({bad ? State::Bad : State::Good, what, why, {}, {}, true});
    outcome_->setVisible(true);
}

void MainWindow::showLink() {
    const OpsLink& link = session_.link();
    const LocalSite* site = session_.localSite();
    LinkDisplay display = LinkDisplay::Connecting;
    Notice notice;
    const QString since =
        link.lastContactMs() > 0
            ? QStringLiteral("Everything below is from %1.").arg(formatClock(link.lastContactMs()))
            : QString();
    if (site && site->state() == LocalSite::State::failed) {
        display = LinkDisplay::Stopped;
        notice = {State::Bad, site->reason(), since, site->advice(), QStringLiteral("Start again"), false};
    } else if (!session_.startProblem().isEmpty()) {
        display = LinkDisplay::Stopped;
        notice = {State::Bad,
                  QStringLiteral("The site cannot be reached."),
                  session_.startProblem(),
                  {},
                  QStringLiteral("Try again"),
                  false};
    } else if (link.isLive()) {
        display = LinkDisplay::Live;
    } else if (link.state() == OpsLink::State::lost) {
        display = LinkDisplay::Lost;
        notice = {State::Stale,
                  QStringLiteral("The connection to the site was lost."),
                  link.reason(),
                  QStringLiteral("It is tried again by itself. ") + since,
                  {},
                  false};
    } else if (site && site->state() != LocalSite::State::running) {
        display = LinkDisplay::Starting;
    }
    const QString detail = link.isLive() ? QString::fromStdString(link.endpoints().opsd) : notice.why;
    bar_->setLink(display, detail, link.lastContactMs());
    showNeeds();
    // Before there is anything to show, the page itself tells; twice would be noise.
    const bool tell = !notice.what.isEmpty() && link.lastContactMs() > 0;
    if (tell) link_->setNotice(notice);
    link_->setVisible(tell);
}

void MainWindow::showNeeds() {
    const auto& needs = session_.needs();
    bar_->setNeeds(int(needs.size()), phraseOf(needs), session_.link().isLive());
    QHash<QString, int> counts;
    for (const Need& need : needs) ++counts[need.page];
    for (const PageInfo& info : pageInfos()) rail_->setCount(info.id, counts.value(info.id));
}

void MainWindow::applyTheme(const QString& theme) {
    Theme::apply(*qApp, theme == QLatin1String("light") ? Mode::Light : Mode::Dark);
    bar_->themeButton()->setIcon(makeIcon(theme == QLatin1String("light") ? Icon::Moon : Icon::Sun));
}

void MainWindow::exportChart(TimeSeriesChart& chart, std::optional<ChartFormat> format) {
    const QString site = QString::fromStdString(session_.link().endpoints().opsd);
    saveChart(chart, format, site, this,
              [this](const QString& what, const QString& why, bool bad) { notify(what, why, bad); });
}

bool MainWindow::event(QEvent* event) {
    if (event->type() == ChartExportEvent::eventType()) {
        const auto& wanted = static_cast<const ChartExportEvent&>(*event);
        exportChart(wanted.chart(), wanted.format());
        event->accept();
        return true;
    }
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::Paint && !painted_) {
        painted_ = true;
        // After the children have painted too.
        QMetaObject::invokeMethod(this, &MainWindow::painted, Qt::QueuedConnection);
    }
    return handled;
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() != QEvent::WindowStateChange) return;
    Page* shown = pages_.value(current_);
    if (!shown) return;
    if (isMinimized())
        shown->deactivate();
    else
        shown->activate();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    session_.preferences().setGeometry(saveGeometry());
    event->accept();
}

}  // namespace qd::app
