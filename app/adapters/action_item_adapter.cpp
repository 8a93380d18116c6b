#include "app/adapters/action_item_adapter.hpp"

namespace qd::app {
namespace {

constexpr int kPeriodMs = 60'000;  // due dates pass by themselves

}  // namespace

ActionItemAdapter::ActionItemAdapter(OpsLink& link, QObject* parent)
    : Domain(kPeriodMs, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("action_item")) touch();
    });
}

const postmortems::Action* ActionItemAdapter::find(const QString& id) const {
    const std::string wanted = id.toStdString();
    for (const postmortems::Action& action : list_.items)
        if (action.id == wanted) return &action;
    return nullptr;
}

void ActionItemAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->action_items(
        {}, latest().ask<postmortems::ActionList>(this, [this](core::Result<postmortems::ActionList> list) {
            if (!list) return failed(list.error());
            list_ = std::move(*list);
            arrived();
        }));
}

std::function<void(core::Result<postmortems::Action>)> ActionItemAdapter::tells(Done done) {
    return deliver<postmortems::Action>(
        this, [this, done = std::move(done)](core::Result<postmortems::Action> action) {
            if (!action) return done(tl::unexpected(action.error()));
            refresh();
            done(QVariantMap{{QStringLiteral("action"), QString::fromStdString(action->id)}});
        });
}

void ActionItemAdapter::add(const postmortems::ActionRequest& request, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->add_action_item(request, tells(std::move(done)));
}

void ActionItemAdapter::change(const QString& id, const postmortems::ActionRequest& request, Done done) {
    if (!link_.client()) return done(notConnected());
    const postmortems::Action* known = find(id);
    link_.client()->change_action_item(id.toStdString(), request,
                                       known ? std::optional(known->version) : std::nullopt,
                                       tells(std::move(done)));
}

void ActionItemAdapter::csv(const postmortems::ActionFilter& filter, QObject* context,
                            std::function<void(core::Result<std::string>)> done) {
    auto here = deliver<std::string>(context, std::move(done));
    if (!link_.client()) return here(notConnected());
    link_.client()->action_items_csv(filter, here);
}

}  // namespace qd::app
