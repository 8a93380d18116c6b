#include "app/adapters/runbook_adapter.hpp"

namespace qd::app {

RunbookAdapter::RunbookAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("runbook")) touch();
    });
}

void RunbookAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->runbooks(latest().ask<std::vector<opsclient::RunbookEntry>>(this, [this](auto result) {
        if (!result) return failed(result.error());
        entries_ = std::move(*result);
        arrived();
    }));
}

void RunbookAdapter::whole(const runbooks::RunbookId& id, QObject* context, Latest& asked, EntryDone done) {
    if (!link_.client()) return;
    link_.client()->runbook(id, asked.ask<opsclient::RunbookEntry>(context, std::move(done)));
}

GuideAdapter::GuideAdapter(OpsLink& link, const QString& incident, QObject* parent)
    : Domain(0, parent), link_(link), incident_(incident.toStdString()) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("incident") || type == QLatin1String("runbook")) touch();
    });
    connect(&link_, &OpsLink::stateChanged, this, [this] { setOnline(link_.isLive()); });
    setOnline(link_.isLive());
}

void GuideAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->incident_runbooks(incident_,
                                      latest().ask<std::vector<runbooks::Guide>>(this, [this](auto result) {
                                          if (!result) return failed(result.error());
                                          guides_ = std::move(*result);
                                          arrived();
                                      }));
}

void GuideAdapter::run(const runbooks::RunbookId& runbook, const std::string& step,
                       const runbooks::RunRequest& request, AnswerDone done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->run_step(
        incident_, runbook, step, request,
        deliver<runbooks::RunAnswer>(
            this, [this, done = std::move(done)](core::Result<runbooks::RunAnswer> answer) {
                if (answer && answer->confirmed) refresh();
                done(std::move(answer));
            }));
}

}  // namespace qd::app
