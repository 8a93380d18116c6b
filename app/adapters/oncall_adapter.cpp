#include "app/adapters/oncall_adapter.hpp"

#include <algorithm>

namespace qd::app {

OncallAdapter::OncallAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("oncall")) touch();
    });
    // Dialogs offer who is on call, whatever page is open.
    setWanted(&link_, true);
}

std::vector<oncall::Shift> OncallAdapter::peopleFor(const std::string& service) const {
    std::vector<oncall::Shift> people;
    for (const oncall::RotaPicture& rota : picture_.rotas) {
        if (!rota.services.empty() && std::ranges::find(rota.services, service) == rota.services.end())
            continue;
        for (const oncall::Shift& shift : rota.now)
            if (std::ranges::find(people, shift.person, &oncall::Shift::person) == people.end())
                people.push_back(shift);
    }
    return people;
}

void OncallAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->oncall(latest().ask<oncall::Picture>(this, [this](auto result) {
        if (!result) return failed(result.error());
        picture_ = std::move(*result);
        arrived();
    }));
}

}  // namespace qd::app
