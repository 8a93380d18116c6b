#include "app/pages/incidents/runbook_panel.hpp"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QUrl>
#include <QVBoxLayout>

#include "app/pages/incidents/runbook_step_card.hpp"
#include "app/pages/oncall/runbook_view.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/inline_notice.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kRunbooksWidth = 380;
constexpr int kGuideRow = 46;

QString reasonsOf(const runbooks::Guide& guide) {
    QStringList reasons;
    for (const std::string& reason : guide.reasons) reasons << str(reason);
    const QString text = reasons.join(QStringLiteral("; "));
    return (guide.applies ? QStringLiteral("Applies: %1.") : QStringLiteral("Does not seem to apply: %1."))
        .arg(text.isEmpty() ? QStringLiteral("it has no steps") : text);
}

}  // namespace

RunbookPanel::RunbookPanel(Session& session, const QString& incident, QWidget* parent)
    : QDialog(parent), session_(session), incident_(incident), guides_(session.link(), incident) {
    setAttribute(Qt::WA_DeleteOnClose);
    const incidents::Incident* known = session.incidents().find(incident);
    setWindowTitle(QStringLiteral("Runbooks: %1").arg(known ? str(known->title) : incident));
    resize(1060, 680);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    row->setSpacing(space::lg);
    model_ = new GuideModel(this);
    table_ = new TableView(this);
    table_->setModel(model_);
    table_->setItemDelegateForColumn(GuideModel::Applies, new StatusDelegate(table_));
    table_->setColumnLayout({0, 140});
    table_->verticalHeader()->setDefaultSectionSize(kGuideRow);
    table_->setFixedWidth(kRunbooksWidth);
    table_->setEmptyContent(Icon::Note, QStringLiteral("Reading the runbooks"));
    table_->setAccessibleName(QStringLiteral("Runbooks of this incident"));
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (!index.isValid()) return;
        chosen_ = index.data(KeyRole).toString();
        showGuide();
    });
    row->addWidget(table_);

    auto* right = new QVBoxLayout;
    right->setSpacing(space::sm);
    title_ = makeLabel({}, Type::Title, Weight::Semibold, false, this);
    title_->setWordWrap(true);
    right->addWidget(title_);
    why_ = makeMutedLabel({}, Type::Small, this);
    why_->setWordWrap(true);
    right->addWidget(why_);
    notice_ = new InlineNotice(this);
    notice_->setVisible(false);
    connect(notice_, &InlineNotice::dismissed, notice_, &QWidget::hide);
    right->addWidget(notice_);
    scroll_ = new QScrollArea(this);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    right->addWidget(scroll_, 1);
    row->addLayout(right, 1);

    connect(&guides_, &Domain::changed, this, &RunbookPanel::refresh);
    connect(&guides_, &Domain::freshnessChanged, this, &RunbookPanel::refresh);
    guides_.setWanted(&session.link(), true);
    table_->setFocus();
    refresh();
}

void RunbookPanel::refresh() {
    if (!guides_.problem().isEmpty())
        showNotice(false, QStringLiteral("The runbooks could not be read."), guides_.problem());
    model_->update(guides_.guides());
    if (guides_.guides().empty()) {
        if (guides_.hasData()) table_->setEmptyContent(Icon::Note, QStringLiteral("No runbook"));
        return;
    }
    if (model_->indexOf(chosen_) < 0) {
        chosen_ = str(guides_.guides().front().runbook.id.value);
        table_->setCurrentIndex(model_->index(0, 0));
    }
    showGuide();
}

void RunbookPanel::showGuide() {
    const runbooks::Guide* guide = model_->find(chosen_);
    if (!guide) return;
    title_->setText(str(guide->runbook.title));
    why_->setText(reasonsOf(*guide) +
                  (guide->problem.empty()
                       ? QString()
                       : QStringLiteral("\nIts file is broken: %1").arg(str(guide->problem))));
    if (guide->runbook != built_ || !content_) {
        built_ = guide->runbook;
        cards_.clear();
        content_ = new QWidget;
        auto* column = new QVBoxLayout(content_);
        column->setContentsMargins(0, 0, space::md, 0);
        column->setSpacing(space::sm);
        int number = 0;
        for (const runbooks::Step& step : built_.steps) {
            auto* card = new RunbookStepCard(++number, step, content_);
            connect(card->runButton(), &QPushButton::clicked, this, [this, step] {
                prepare(built_, step, step.action ? QString() : QStringLiteral("done"));
            });
            connect(card->skipButton(), &QPushButton::clicked, this,
                    [this, step] { prepare(built_, step, QStringLiteral("skipped")); });
            column->addWidget(card);
            cards_.append(card);
        }
        column->addStretch(1);
        scroll_->setWidget(content_);
    }
    const QString offline =
        guides_.isOnline() ? QString() : QStringLiteral("There is no connection to the site");
    for (qsizetype i = 0; i < cards_.size(); ++i) {
        const auto progress = guide->of(built_.steps[std::size_t(i)].id);
        cards_[i]->show(progress, progress.state == runbooks::StepState::running
                                      ? QStringLiteral("It is being run at this moment")
                                      : offline);
    }
}

void RunbookPanel::showNotice(bool good, const QString& what, const QString& text) {
    Notice notice;
    notice.state = good ? State::Good : State::Bad;
    notice.what = what;
    notice.why = text;
    notice.dismissable = true;
    notice_->setNotice(notice);
    notice_->setVisible(true);
}

void RunbookPanel::prepare(const runbooks::Runbook& runbook, const runbooks::Step& step,
                           const QString& outcome) {
    runbooks::RunRequest request;
    request.outcome = outcome.toStdString();
    guides_.run(runbook.id, step.id, request, [this, id = runbook.id, step, outcome](auto would) {
        if (!would)
            return showNotice(false, QStringLiteral("“%1” cannot be run.").arg(str(step.title)),
                              str(would.error().message));
        confirm(id, step, outcome, *would);
    });
}

void RunbookPanel::confirm(const runbooks::RunbookId& runbook, const runbooks::Step& step,
                           const QString& outcome, const runbooks::RunAnswer& would) {
    QStringList sends;
    for (const std::string& line : would.sends) sends << str(line);
    Form form;
    form.title = str(step.title);
    form.statement = str(would.summary);
    form.fields = {{"reason", "Why", FormField::Kind::Lines, {}, "Goes into the journal", true, {}, 0, 0}};
    form.action = outcome == QLatin1String("skipped") ? QStringLiteral("Skip")
                  : step.action                       ? QStringLiteral("Run now")
                                                      : QStringLiteral("Tick");
    if (step.action && outcome.isEmpty()) {
        const runbooks::ActionKind* kind = runbooks::find_action(step.action->name);
        if (!kind || kind->changes) form.kind = ButtonKind::Danger;
    }
    if (!sends.isEmpty()) {
        const QString plain = sends.join('\n');
        // The reason is a part of what is sent.
        form.preview = [plain](const QVariantMap& values) {
            QString reason = values.value("reason").toString();
            reason.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            QString shown = plain;
            for (const char* key : {"reason", "comment"})
                shown.replace(QStringLiteral("\"%1\":\"\"").arg(key),
                              QStringLiteral("\"%1\":\"%2\"").arg(key, reason));
            return shown;
        };
    }
    if (!would.refusal.empty()) form.check = [why = str(would.refusal)](const QVariantMap&) { return why; };
    FormDialog::ask(std::move(form), this, [this, runbook, step, outcome](const QVariantMap& values) {
        run(runbook, step, outcome, values.value("reason").toString());
    });
}

void RunbookPanel::run(const runbooks::RunbookId& runbook, const runbooks::Step& step, const QString& outcome,
                       const QString& reason) {
    runbooks::RunRequest request;
    request.confirm = true;
    request.reason = reason.toStdString();
    request.outcome = outcome.toStdString();
    guides_.run(runbook, step.id, request, [this, step](auto answer) {
        const QString title = str(step.title);
        if (!answer)
            return showNotice(false,
                              QStringLiteral("“%1” was not run, or nobody can say how it ended.").arg(title),
                              str(answer.error().message));
        showNotice(answer->outcome != "failed", QStringLiteral("“%1”: %2.").arg(title, str(answer->outcome)),
                   str(answer->text));
        if (answer->outcome == "done") follow(step);
    });
}

void RunbookPanel::follow(const runbooks::Step& step) {
    if (!step.action) return;
    const auto value = [&](const char* key) {
        const auto at = step.action->parameters.find(key);
        return at == step.action->parameters.end() ? QString() : str(at->second);
    };
    if (step.action->name == "chart")
        session_.actions().invoke(QStringLiteral("slos.open"), {{QStringLiteral("id"), value("slo")}});
    const QUrl url(value("url"));
    if (step.action->name == "link" && isWebLink(url)) QDesktopServices::openUrl(url);
}

void addRunbookActions(Session& session, DialogParent parent) {
    session.actions().add(
        {.id = "incident.runbook",
         .title = "Runbooks: what to do, and do it",
         .group = "Incident",
         .shortcut = QKeySequence(Qt::Key_G),
         .run =
             [&session, parent](const QVariantMap& p, Done done) {
                 const QString given = p.value("incident").toString();
                 const QString id = given.isEmpty() ? session.selection().incident() : given;
                 if (id.isEmpty())
                     return done(core::fail(core::Errc::invalid_argument, "no incident is chosen"));
                 QWidget* window = parent();
                 for (RunbookPanel* open :
                      window ? window->findChildren<RunbookPanel*>() : QList<RunbookPanel*>())
                     if (open->incident() == id) {
                         open->raise();
                         open->activateWindow();
                         return done(QVariantMap{});
                     }
                 (new RunbookPanel(session, id, window))->show();
                 done(QVariantMap{});
             },
         .ask = {},
         .blocked = [&session]() -> QString {
             if (!session.link().isLive()) return "There is no connection to the site";
             return session.selection().incident().isEmpty() ? "Choose an incident first" : QString();
         },
         .page = "incidents",
         .parameters = {"incident"}});
}

}  // namespace qd::app
